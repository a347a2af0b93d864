"""Pairs of events, each judged by one person to be one happening or two.

Two sets. `santarosa`: real events of one town's calendar, which gathers many publishers,
drawn before any rule was written: all pairs of one day, sorted by how their starts, links
and venues relate and by how alike their titles are (`stratum`), and from each such class
as many as make it count, no two of the same pair of titles. `lancaster`: the hardest pairs
of a calendar that no rule was made for, and pairs with records that were written after its
real ones (`lookalikes.ics`): true copies as other publishers word them, and look-alikes
that differ in a level, a letter, a number, an age, a part, a room or a role. The stratum
of such a pair begins with `made:` and the way the record was varied.

Whoever judged read both titles, starts, places, publishers, links and the beginnings of the
descriptions, and saw no score. Same is what one could attend only once: a concert
under the hour of the doors and that of the show is one, an exhibit and its opening
are two, and so are two readings in two rooms.

Titles that are related stand in one split. `dev` was for setting the rule's points;
`test` is for looking at afterwards (see `docs/decisions.md` for when it was).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 20, tzinfo=UTC)
_FOLDER = Path(__file__).parent
_MADE = "made:"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events by their ids in the calendar, whether they are the same, and why."""

    one: str
    other: str
    same: bool
    why: str
    split: str
    stratum: str

    @property
    def is_made(self) -> bool:
        """Whether one of its records was written, after a real one."""
        return self.stratum.startswith(_MADE)


@dataclass(frozen=True, slots=True)
class PairSet:
    """A labelled set: the real calendar that it is drawn from, and files of written records."""

    calendar: str
    fallback_zone: str
    written: tuple[str, ...] = ()

    def pairs(self) -> list[Pair]:
        """All labelled pairs of the set."""
        lines = (_FOLDER / f"{self.calendar}.jsonl").read_text("utf-8").splitlines()
        return [Pair(**json.loads(line)) for line in lines]

    def files(self, calendars: Path) -> list[Path]:
        """The calendar, of the folder of the real ones, and the written ones."""
        written = (_FOLDER / f"{name}.ics" for name in self.written)
        return [calendars / f"{self.calendar}.ics", *written]


SETS = (
    PairSet("santarosa", "America/Los_Angeles"),
    PairSet("lancaster", "America/New_York", written=("lookalikes",)),
)
