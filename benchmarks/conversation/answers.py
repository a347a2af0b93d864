"""What the service answered, in the terms of the judges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from benchmarks.conversation.judges.folding import fold, fold_lines, fold_title

_TITLE_LETTERS = 40
_NEAR_TIERS = frozenset({"near", "nearby", "context"})
# "Nothing fits", said before the first event: what follows is offered as near.
_NOTHING = re.compile(
    r"\b(?:nothing|keine?|nichts|aucune?|rien|no (?:hay|encuentro|tengo))\b"
    r"|\bno (?:[\w'-]+ ){0,4}?(?:events?|match(?:es)?|results?|concerts?|shows?|games?)\b"
    r"|\bfound no|\bknows? (?:of )?no|\bthere (?:is|are) no|\bnone (?:of|fits?|match)"
    r"|\b(?:could|did|do|can)(?:n't| not) (?:find|know of)"
)
# A line that ends in a colon and says that what follows is beside the wish.
_BESIDE = re.compile(
    r"^(?!.*\b(?:first|best match(?:es)?)\b)"
    r".*\b(?:nearest|nearby|close(?:st)?|almost|similar|beyond|outside|farther|instead|otherwise)\b"
    r".*:$"
)
# The asker's own words, repeated, say nothing of what follows.
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Listed:
    """One event of an answer, or of the calendar; `start` is local wall-clock time."""

    id: int
    title: str
    start: datetime
    end: datetime | None
    all_day: bool
    location: str
    status: str = "scheduled"

    @property
    def is_cancelled(self) -> bool:
        return self.status == "cancelled" or re.search(r"cancell?ed", fold(self.title)) is not None

    def overlaps(self, first: datetime, last: datetime | None) -> bool:
        """Whether it begins or goes on within the half-open range."""
        end = self.end or self.start
        if self.all_day:
            midnight = self.start.replace(hour=0, minute=0)
            end = max(end, midnight + timedelta(days=1))
        return (self.start >= first or end > first) and (last is None or self.start < last)


@dataclass(frozen=True)
class Answer:
    """One answer. `shown` are the events that it names, in their order."""

    content: str
    constraints: Mapping[str, Any] = field(default_factory=dict)
    act: Mapping[str, Any] | None = None
    shown: Sequence[Listed] = ()
    near_ids: frozenset[int] = frozenset()
    error: str = ""

    @cached_property
    def folded(self) -> str:
        return fold(self.content)

    @property
    def matches(self) -> list[Listed]:
        """The shown events that are offered as what was asked for."""
        return [event for event in self.shown if event.id not in self.near_ids]


def read_event(summary: Mapping[str, Any]) -> Listed:
    """An event of the wire, whose times carry the offset of its own zone."""
    start, end = (
        datetime.fromisoformat(summary[key]).replace(tzinfo=None) if summary.get(key) else None
        for key in ("start_time", "end_time")
    )
    assert start is not None
    place = [summary.get("location") or "", (summary.get("venue") or {}).get("city") or ""]
    return Listed(
        id=summary["id"],
        title=summary["title"],
        start=start,
        end=end,
        all_day=bool(summary.get("all_day")),
        location=", ".join(part for part in place if part),
        status=summary.get("event_status") or "scheduled",
    )


def read_answer(body: Mapping[str, Any]) -> Answer:
    """The answer of `POST /chat`; events that the text does not cite are not shown."""
    shown = [read_event(each) for each in body.get("events", []) if each.get("cited", True)]
    tiers = {int(key): each.get("tier") for key, each in body.get("event_metadata", {}).items()}
    said_near = _near_in_text(body["content"], shown)
    return Answer(
        content=body["content"],
        constraints=body.get("constraints") or {},
        act=body.get("act"),
        shown=shown,
        near_ids=said_near | {each.id for each in shown if tiers.get(each.id) in _NEAR_TIERS},
    )


def _near_in_text(content: str, shown: Sequence[Listed]) -> frozenset[int]:
    """The events that stand behind "nothing fits" or below a heading for what is near."""
    lines = [_QUOTED.sub("", line) for line in fold_lines(content)]
    lines_of = {event.id: _line_of(event, lines) for event in shown}
    found = [line for line in lines_of.values() if line is not None]
    first = min(found, default=len(lines))
    if any(_NOTHING.search(line) for line in lines[:first]) or (
        first < len(lines) and _NOTHING.search(_before_title(lines[first], shown))
    ):
        return frozenset(lines_of)
    heading = next((n for n, line in enumerate(lines) if _BESIDE.search(line)), None)
    if heading is None:
        return frozenset()
    return frozenset(key for key, line in lines_of.items() if line is not None and line > heading)


def _start_of_title(event: Listed) -> str:
    return _QUOTED.sub("", fold_title(event.title))[:_TITLE_LETTERS]


def _line_of(event: Listed, lines: Sequence[str]) -> int | None:
    title = _start_of_title(event)
    return next((number for number, line in enumerate(lines) if title in line), None)


def _before_title(line: str, shown: Sequence[Listed]) -> str:
    places = [line.find(_start_of_title(event)) for event in shown]
    return line[: min((place for place in places if place >= 0), default=0)]
