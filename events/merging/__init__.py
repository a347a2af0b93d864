"""One happening that several sources tell is shown once.

facts → comparing (titles, places, times, links) → grouping: pure decisions.
candidates → applying → undoing: what reads and writes.
"""
