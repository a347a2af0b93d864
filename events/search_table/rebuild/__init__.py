"""Builds the search table anew beside the old one, in the order in which it is read.

The story is in `run`; its chapters are `shape` (what the table is made of),
`changes` (what is written meanwhile), `copying`, `indexing`, `swap` and
`leftovers`.
"""

from __future__ import annotations

from events.search_table.rebuild.leftovers import remove_leftovers
from events.search_table.rebuild.locks import RebuildFailed
from events.search_table.rebuild.run import RebuildReport, rebuild_search_table

__all__ = ["RebuildFailed", "RebuildReport", "rebuild_search_table", "remove_leftovers"]
