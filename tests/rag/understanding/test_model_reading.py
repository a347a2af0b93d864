"""What of a language model's reading is believed: its JSON is never more than a proposal."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rag.service import READING_SCHEMA, read_as_model, read_message
from rag.types import Act, AgeRange, Constraints, Reading, ShownEvent, Slot, TimePattern
from rag.understanding.sureness import is_foreign

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)  # Tuesday, 10:00 in New York
SHOWN = [ShownEvent(7, "Jazz Night", 1), ShownEvent(9, "Puppet Show", 2)]
EMPTY = {"query": "", "place": "", "date_from": "", "date_to": ""}


def believed(message: str, acts: Any = None, **said: Any) -> Reading | None:
    rules = read_message(message, now=NOW, shown=SHOWN)
    whole = {"acts": [{"kind": "find"}] if acts is None else acts, **EMPTY, **said}
    return read_as_model(whole, message, rules, now=NOW, shown=SHOWN)


def wishes(message: str, **said: Any) -> Constraints:
    reading = believed(message, **said)
    assert reading is not None
    return reading.constraints


def act(**said: Any) -> Act | None:
    reading = believed("¿qué hay?", acts=[said])
    return reading.acts[0] if reading else None


def test_ids_are_those_of_what_was_shown() -> None:
    found = act(kind="calendar", refers_to=[9, 8, "7", True, 9, 10**30])
    assert found is not None
    assert (found.refers_to, found.read_by) == ((9,), "model")
    assert act(kind="calendar", refers_to=[8]) is None


def test_event_that_is_named_may_be_one_that_was_not_shown() -> None:
    found = act(kind="about", about="price", subject="Kenny G", refers_to=[8])
    assert found is not None
    assert (found.refers_to, found.subject, found.about) == ((), "Kenny G", "price")


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2026-12-05", "2026-12-06", "2026-12-05T00:00", "2026-12-07T00:00"),
        ("2026-12-05", "", "2026-12-05T00:00", "2026-12-06T00:00"),
        ("", "2026-12-05", "2026-12-05T00:00", "2026-12-06T00:00"),
        ("2026-11-28", "2026-12-02", "2026-12-01T10:00", "2026-12-03T00:00"),
    ],
)
def test_days_are_those_of_the_place(first: str, last: str, start: str, end: str) -> None:
    found = wishes("¿qué hay?", place="Boston, MA", date_from=first, date_to=last)
    zone = ZoneInfo("America/New_York")
    assert found.date_from == datetime.fromisoformat(start).replace(tzinfo=zone)
    assert found.date_to == datetime.fromisoformat(end).replace(tzinfo=zone)
    assert found.sources["date_from"] == "message"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02-30", "2026-03-01"),
        ("2026-12-06", "2026-12-05"),
        ("2026-11-01", "2026-11-02"),
        ("2126-12-05", "2126-12-06"),
        ("0001-01-01", "9999-12-31"),
        ("tomorrow", "soon"),
        (20261205, None),
    ],
)
def test_days_that_cannot_be_are_none(first: Any, last: Any) -> None:
    found = wishes("¿qué hay?", date_from=first, date_to=last)
    assert (found.date_from, found.date_to) == (None, None)


def test_days_that_the_rules_read_may_be_narrowed_and_not_denied() -> None:
    narrowed = wishes("jazz this weekend", date_from="2026-12-05", date_to="2026-12-05")
    assert narrowed.date_to is not None
    assert narrowed.date_to.astimezone(UTC).day == 6
    denied = wishes("jazz this weekend", date_from="2026-12-20", date_to="2026-12-20")
    by_rules = read_message("jazz this weekend", now=NOW).constraints
    assert (denied.date_from, denied.date_to) == (by_rules.date_from, by_rules.date_to)


def test_places_are_those_of_the_gazetteer() -> None:
    named = wishes("¿qué hay en Bostón?", place="Boston, MA").place
    assert named is not None
    assert named.label == "Boston, MA"
    unknown = wishes("¿qué hay?", place="Xyzzyville")
    assert (unknown.place, unknown.unknown_place) == (None, None) or unknown.place is None


def test_numbers_are_those_of_the_message() -> None:
    found = wishes("menos de 12,50 € a 5 millas, 8 años", max_price=12.5, max_miles=5, age=8)
    assert (found.max_price, found.max_distance_miles) == (12.5, 5)
    assert found.age == AgeRange(8, 8)
    made_up = wishes("¿qué hay?", max_price=30, max_miles=10, age=8)
    assert (made_up.max_price, made_up.max_distance_miles, made_up.age) == (None, None, None)
    assert wishes("gratis", max_price=0).max_price == 0
    odd = wishes("1 2", max_price=True, max_miles=float("inf"), age=float("nan"))
    assert (odd.max_price, odd.max_distance_miles, odd.age) == (None, None, None)


def test_choices_are_those_of_the_form() -> None:
    found = wishes("¿qué hay?", audience="kids", order="start", online="no", any_of=["jazz", 5])
    assert (found.audience, found.order, found.is_virtual) == ("kids", "start", False)
    assert found.any_of == ("jazz",)
    odd = wishes("¿qué hay?", audience="dragons", order="best", online=[], any_of="jazz")
    assert (odd.audience, odd.order, odd.is_virtual, odd.any_of) == (None, "relevance", None, ())


def test_hours_and_weekdays_are_real() -> None:
    evening = {"weekdays": [5, 2], "from": "18:00", "to": "24:00"}
    wrong = [{"weekdays": [8], "from": "1:00", "to": "2:00"}, {"weekdays": [], "from": "25:00"}]
    found = wishes("¿qué hay?", times=[evening, *wrong, "x"])
    assert found.times == (TimePattern((2, 5), (), time(18), time(0)),)


def test_plan_has_its_slots() -> None:
    slots = [{"wish": "jazz", "from": "18:00", "to": "20:00"}, {"wish": ""}, {"wish": "film"}]
    found = act(kind="plan", slots=slots)
    assert found is not None
    assert found.slots == (Slot("jazz", time(18), time(20)), Slot("film"))


def test_message_with_a_wish_is_not_declined() -> None:
    assert believed("jazz tomorrow", acts=[{"kind": "decline", "topic": "insult"}]) is None
    found = act(kind="talk", topic="start_over")
    assert found is not None
    assert (found.kind, found.topic) == ("talk", None)


def test_text_is_short_and_storable() -> None:
    assert wishes("¿qué hay?", query="x" * 121).query == ""
    assert wishes("¿qué hay?", query="jazz\x00 \n concert").query == "jazz concert"


@pytest.mark.parametrize("said", [None, [], "find", 5, {}, {"acts": {}}, {"acts": [None, 5]}])
def test_json_of_another_form_is_no_reading(said: Any) -> None:
    rules = read_message("jazz", now=NOW)
    assert read_as_model(said, "jazz", rules, now=NOW) is None


def test_schema_requires_what_a_reading_needs() -> None:
    assert READING_SCHEMA["required"] == ["acts", "query", "place", "date_from", "date_to"]


@pytest.mark.parametrize(
    ("message", "is_sure"),
    [
        ("live music in Boston this weekend", True),
        ("Los Lobos in Des Moines", True),
        ("shows in Las Vegas", True),
        ("thanks", True),
        ("was gibt es am Samstag für Kinder?", False),
        ("¿qué hay para niños?", False),
        ("che cosa c'è per bambini questo sabato?", False),
        ("co jest dla dzieci w Warszawie?", False),
        ("明日のコンサート", False),
        ("концерты в Бостоне", False),
        ("comedy in Boston or maybe a film in Salem", False),
        ("something that does not take the whole night", False),
    ],
)
def test_rules_know_where_they_are_unsure(message: str, is_sure: bool) -> None:
    reading = read_message(message, now=NOW)
    assert (min(each.confidence for each in reading.acts) >= 0.6) is is_sure


def test_one_small_word_of_a_name_is_no_language() -> None:
    assert not is_foreign(["des", "moines", "jazz"])
    assert is_foreign(["não", "jazz"])
