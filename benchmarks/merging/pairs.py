"""Pairs of real events, each judged by one person to be one happening or two.

They were drawn from one town's calendar, which gathers many publishers, before
any rule was written: all pairs of one day, sorted by how their starts, links and
venues relate and by how alike their titles are (`stratum`), and from each such
class as many as make it count, no two of the same pair of titles. Whoever judged
read both titles, starts, places, publishers, links and the beginnings of the
descriptions, and saw no score. Same is what one could attend only once: a concert
under the hour of the doors and that of the show is one, an exhibit and its opening
are two, and so are two readings in two rooms.

Titles that are related stand in one split. `dev` was for setting the rule's points;
`test` was looked at once in the middle of that (see `docs/decisions.md`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CALENDAR = "santarosa"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
_FILE = Path(__file__).with_name("pairs.jsonl")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events by their ids in the calendar, whether they are the same, and why."""

    one: str
    other: str
    same: bool
    why: str
    split: str
    stratum: str


def load_pairs(path: Path = _FILE) -> list[Pair]:
    """All labelled pairs."""
    return [Pair(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
