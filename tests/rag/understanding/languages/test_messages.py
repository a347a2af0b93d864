"""Messages in Spanish, German and French, read without a model on a Tuesday morning in Boston.

Each file holds forty messages as people type them, with what is to be understood of them.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rag.types import Constraints, Reading, SearchContext, ShownEvent
from rag.understanding import Turn, read
from rag.understanding.places.lookup import StoredPlaces
from tests.rag.understanding.conftest import holds_age, local

HERE = Path(__file__).parent
ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)
CODES = ("es", "de", "fr")
MESSAGES = [
    (code, json.loads(line))
    for code in CODES
    for line in (HERE / f"messages_{code}.jsonl").read_text(encoding="utf-8").splitlines()
]
SHOWN = tuple(
    ShownEvent(
        number,
        title,
        number,
        10.0 * number,
        start_time=datetime(2026, 12, 4, 19, number, tzinfo=ZONE),
        timezone=ZONE.key,
        venue=f"Hall {number}",
    )
    for number, title in enumerate(["Quiet Streetcar Quintet", "Moth & Petrol", "Open Mic"], 1)
)


def turn_of(gazetteer: StoredPlaces, shown: bool, standing: Constraints | None = None) -> Turn:
    return Turn(
        now=NOW,
        gazetteer=gazetteer,
        context=SearchContext(timezone=ZONE.key, location="Boston, MA"),
        shown=SHOWN if shown else (),
        standing=standing,
    )


def _faults(reading: Reading, wanted: dict[str, Any]) -> dict[str, Any]:
    """What was understood otherwise, by the names of the wishes."""
    act, found = reading.acts[0], reading.constraints
    got: dict[str, Any] = {
        "act": act.kind,
        "about": act.about,
        "topic": act.topic,
        "refers_to": list(act.refers_to),
        "from": local(found.date_from),
        "to": local(found.date_to),
        "place": found.place.label if found.place else None,
        "price": found.max_price,
        "audience": found.audience,
        "online": found.is_virtual,
        "order": found.order,
        "any_of": [topic.lower() for topic in found.any_of],
        "none_of": list(found.none_of),
        "weekdays": sorted(found.times[0].weekdays) if found.times else None,
        "hours": _hours(found),
    }
    faults = {
        name: got[name]
        for name, value in ({"act": "find"} | wanted).items()
        if name in got and got[name] != value
    }
    if "query" in wanted and act.kind == "find" and not _is_about(found.query, wanted["query"]):
        faults["query"] = found.query
    if "age" in wanted and not holds_age(found.age, wanted["age"]):
        faults["age"] = found.age
    if "miles" in wanted and round(found.max_distance_miles or 0, 1) != wanted["miles"]:
        faults["miles"] = found.max_distance_miles
    if "not_again" in wanted and set(found.not_event_ids) != {1, 2, 3}:
        faults["not_again"] = found.not_event_ids
    return faults


def _is_about(query: str, wanted: list[str]) -> bool:
    return all(word in query.lower() for word in wanted) and bool(query) == bool(wanted)


def _hours(found: Constraints) -> list[str | None] | None:
    """The hours of a pattern, or those that narrow one day."""
    if not found.times:
        return None
    starts, ends = found.times[0].starts, found.times[0].ends
    until = f"{ends:%H:%M}" if ends and f"{ends:%H:%M}" != "00:00" else None
    return [f"{starts:%H:%M}" if starts else None, until]


@pytest.mark.parametrize(("code", "wanted"), MESSAGES, ids=[row["text"] for _, row in MESSAGES])
def test_message_is_read_in_its_language(
    gazetteer: StoredPlaces, code: str, wanted: dict[str, Any]
) -> None:
    reading = read(wanted["text"], turn_of(gazetteer, "shown" in wanted))

    assert (reading.constraints.language, _faults(reading, wanted)) == (code, {})


@pytest.mark.parametrize(
    "text", ["der günstigere davon", "die billigere von beiden", "le moins cher", "el más barato"]
)
def test_better_one_of_those_shown_is_pointed_at(gazetteer: StoredPlaces, text: str) -> None:
    act = read(text, turn_of(gazetteer, shown=True)).acts[0]

    assert (act.kind, act.refers_to) == ("about", (1,))
