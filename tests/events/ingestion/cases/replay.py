"""Replays one case: a small file through the parsers, and what is wrong in the drafts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats import read_file
from events.ingestion.locations.locate import Locator
from events.ingestion.normalise import Normalised, normalise_all
from events.ingestion.records import EventDraft
from events.ingestion.times import Zones
from events.places.gazetteer import Gazetteer
from tests.events.ingestion.parsing import collect

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
# Of a degree: how near a point must be.
_NEAR = 0.15
Case = dict[str, Any]


def read_cases(file: Path, kinds: frozenset[str]) -> list[Case]:
    """The cases about a file to import that are of one of the kinds."""
    return [
        case
        for case in json.loads(file.read_text())
        if case["kind"] != "phrase" and not kinds.isdisjoint(case["kind_of_fault"].split())
    ]


def drafts_of(folder: Path, case: Case) -> Normalised:
    """What an import makes of the case's file, before it is stored."""
    fetched = Fetched((folder / case["file"]).read_bytes(), case["file"])
    parsed = collect(read_file(fetched, format_name=case.get("format", ""), now=NOW))
    return normalise_all(parsed, Locator(Gazetteer()), zones=Zones("UTC", case.get("zone", "")))


def faults(case: Case, drafts: list[EventDraft]) -> list[str]:
    """Every difference from what the case expects."""
    found = sorted((_shown(draft) for draft in drafts), key=lambda e: (e["start_time"], e["title"]))
    return list(_faults(case["expect"], found))


def _shown(draft: EventDraft) -> dict[str, Any]:
    zone, venue = ZoneInfo(draft.timezone), draft.venue
    shown = {name: getattr(draft, name) for name in ("title", "timezone", "all_day", "location")}
    shown |= {"min_price": draft.min_price, "currency": draft.currency}
    shown |= {
        "start_time": draft.start_time.astimezone(zone).isoformat(),
        "end_time": draft.end_time and draft.end_time.astimezone(zone).isoformat(),
    }
    for name in ("name", "street_address", "city", "state", "postal_code", "country"):
        shown[f"venue.{name}"] = getattr(venue, name, None)
    return shown | {"at": (getattr(venue, "latitude", None), getattr(venue, "longitude", None))}


def _faults(expect: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    if not _same("count", expect.get("count", len(events)), len(events)):
        yield f"{len(events)} events instead of {expect['count']}"
    for number, (want, got) in enumerate(zip(expect.get("events", []), events, strict=False)):
        for key, value in want.items():
            have = got["at"] if key == "near" else got[key]
            if not _same(key, value, have):
                yield f"[{number}] {key}: {have!r} instead of {value!r}"


def _same(key: str, want: Any, got: Any) -> bool:
    if isinstance(want, dict):
        if "any" in want:
            return any(_same(key, each, got) for each in want["any"])
        if "not" in want:
            return not _same(key, want["not"], got)
        folded = str(got or "").casefold()
        if "contains" in want:
            return str(want["contains"]).casefold() in folded
        return str(want["lacks"]).casefold() not in folded
    if want is None or got is None:
        return bool(want == got)
    if key == "near":
        return None not in got and all(
            abs(one - other) <= _NEAR for one, other in zip(want, got, strict=True)
        )
    if key.endswith("_time"):
        return datetime.fromisoformat(want) == datetime.fromisoformat(got)
    if isinstance(want, int | float) and not isinstance(want, bool):
        return abs(float(got) - want) < 0.006
    return bool(want == got)
