"""The labelled queries: what people type, and how well each event answers it.

Judged by hand, by one person, from the message and the event's title, venue, time and the
beginning of its description; who had found it was in sight, so the judging was not blind.
Looked at were the first twenty of dense, full text and hybrid, and up to forty more (eighty
for some names) that a pattern written for the query found, titles first. All of these stand in the
files, with grade 0 where they are no answer. A place counts where the feed puts it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rag.types import SearchContext

Split = Literal["tune", "test"]

QUERIES = Path(__file__).parent / "queries"
CLASSES = ("name", "topic", "audience", "place", "time", "mixed")
SPLITS: tuple[Split, ...] = ("tune", "test")
# Monday, nine in the morning in California and noon in New Jersey: the calendars
# begin three days earlier and go on for three months.
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Events with one grade (3 exactly what was asked, 2 clearly satisfies, 1 marginal, 0 not).

    An event is named by its key: see `event_key`.
    """

    grade: int
    why: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """One message in its context, with the judged events. Unjudged ones count as grade 0."""

    id: str
    kind: str
    split: Split
    message: str
    location: str | None
    judgements: tuple[Judgement, ...]

    @property
    def context(self) -> SearchContext:
        """What the caller knows beside the words."""
        return SearchContext(location=self.location)

    @property
    def grades(self) -> Mapping[str, int]:
        """Grade by event key."""
        return {key: each.grade for each in self.judgements for key in each.events}


def event_key(source: str, external_id: str, series_id: str) -> str:
    """The name under which an event is judged, the same after every import.

    All dates of a series share one, because whoever asks is served by any of
    the dates that fit.
    """
    return f"{source}:series:{series_id}" if series_id else f"{source}:{external_id}"


def load_queries(folder: Path = QUERIES) -> list[LabelledQuery]:
    """All labelled queries, class by class."""
    return [query for kind in CLASSES for query in _read(kind, folder / f"{kind}.toml")]


def _read(kind: str, path: Path) -> Iterator[LabelledQuery]:
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["query"]:
        yield _query(kind, entry)


def _query(kind: str, entry: Mapping[str, Any]) -> LabelledQuery:
    return LabelledQuery(
        id=entry["id"],
        kind=kind,
        split=entry["split"],
        message=entry["message"],
        location=entry.get("location"),
        judgements=tuple(
            Judgement(each["grade"], each["why"], tuple(each["events"]))
            for each in entry["judgement"]
        ),
    )
