"""Cases: a file as it is found outside, and what its events are; none is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from events.ingestion.errors import ImportFileError
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.pipeline import ImportOptions, import_fetched
from events.ingestion.records import EventDraft
from tests.events.ingestion.moments import utc

CASES = Path(__file__).with_name("cases")
_NOW = utc(2026, 12, 1, 12)


@dataclass(frozen=True, slots=True)
class Case:
    """One file; `expect` holds the count of events and some of their values, by start."""

    name: str
    file: str
    content: bytes
    zone: str
    expect: dict[str, Any]


def read_cases(*kinds: str) -> list[Case]:
    """The cases of these kinds, each of which is a file of the folder."""
    return [
        Case(each["id"], each["file"], _content(each), each["zone"], each["expect"])
        for kind in kinds
        for each in json.loads((CASES / f"{kind}.json").read_text("utf-8"))
    ]


def _content(case: dict[str, Any]) -> bytes:
    text: str = case["content"]
    return text.encode(case.get("encoding", "utf-8"))


def faults_of(case: Case) -> list[str]:
    """What an import makes wrong of a case; finding nothing is an error that says why."""
    options = ImportOptions(fallback_zone="UTC", zone=case.zone, source="case", dry_run=True)
    try:
        report = import_fetched(Fetched(case.content, case.file), options, embedder=None, now=_NOW)
    except ImportFileError as error:
        wants_none = case.expect["count"] == 0 and len(str(error)) > 20
        return [] if wants_none else [f"{type(error).__name__}: {error}"]
    drafts = sorted(report.drafts, key=lambda draft: (draft.start_time, draft.title))
    found = [_as_written(draft) for draft in drafts]
    if case.expect["count"] == 0:
        return [f"{len(found)} events, and no word why"]
    faults = [] if _same("count", case.expect["count"], len(found)) else [f"{len(found)} events"]
    for number, (wanted, got) in enumerate(zip(case.expect.get("events", []), found, strict=False)):
        for name, value in wanted.items():
            if not _same(name, value, got.get(name)):
                faults.append(f"[{number}] {name} is {got.get(name)!r}, not {value!r}")
    return faults if not faults else [*faults, *(f"{each.reason}" for each in report.skipped[:3])]


def _as_written(draft: EventDraft) -> dict[str, Any]:
    venue = draft.venue
    return {
        "title": draft.title,
        "start_time": draft.start_time,
        "end_time": draft.end_time,
        "all_day": draft.all_day,
        "timezone": draft.timezone,
        "description": draft.description,
        "url": draft.url,
        "location": draft.location,
        "organizer": draft.organizer,
        "event_status": draft.event_status,
        "event_attendance_mode": draft.event_attendance_mode,
        "min_price": draft.min_price,
        "currency": draft.currency,
        "age_range": draft.age_range,
        "venue.name": venue.name if venue else "",
        **{
            f"venue.{name}": getattr(venue, name, None)
            for name in ("city", "street_address", "state", "postal_code", "country")
        },
        "near": (venue.latitude, venue.longitude) if venue else (None, None),
    }


def _same(name: str, wanted: Any, got: Any) -> bool:
    if isinstance(wanted, dict):
        if "any" in wanted:
            return any(_same(name, each, got) for each in wanted["any"])
        if "not" in wanted:
            return not _same(name, wanted["not"], got)
        word = next(iter(wanted.values())).casefold()
        return (word in str(got or "").casefold()) == ("contains" in wanted)
    if name == "near":
        return None not in got and all(
            abs(have - want) < 0.15 for have, want in zip(got, wanted, strict=True)
        )
    if name.endswith("_time"):
        return bool(got is not None and datetime.fromisoformat(wanted) == got)
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return got is not None and abs(float(got) - wanted) < 0.006
    return bool(wanted == got)
