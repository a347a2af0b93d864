"""Writes to stored events: one at a time by hand, all wall times after a change of zones."""
