"""What messages want done, against what the conversation has shown."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rag.types import Act, Constraints, Reading, SearchContext, ShownEvent, Slot
from rag.understanding import Turn, read
from rag.understanding.places.lookup import StoredPlaces
from tests.rag.understanding.conftest import FRIDAY, Ask

TABLE: dict[str, list[tuple[str, dict[str, Any]]]] = tomllib.loads(
    (Path(__file__).parent / "acts.toml").read_text(encoding="utf-8")
)
NEW_YORK = "America/New_York"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


def _event(
    event_id: int, title: str, price: float, start: str, end: str | None, venue: str, **more: Any
) -> ShownEvent:
    return ShownEvent(
        event_id,
        title,
        event_id - 10,
        price,
        start_time=_at(start),
        end_time=_at(end) if end else None,
        timezone=NEW_YORK,
        venue=venue,
        **more,
    )


LIST = (
    _event(
        11,
        "Live Jazz: the Quiet Streetcar Quintet",
        20.0,
        "2026-11-21T19:30",
        "2026-11-21T22:00",
        "The Lantern Room",
        city="Cambridge",
        distance_miles=2.1,
        tags=("music",),
    ),
    _event(
        12,
        "Jazz Brunch",
        12.0,
        "2026-11-22T11:00",
        "2026-11-22T13:00",
        "Blue Door Cafe",
        city="Somerville",
        distance_miles=3.0,
    ),
    _event(
        13,
        "Moth & Petrol + support",
        18.0,
        "2026-11-21T20:00",
        None,
        "Porter Hall",
        city="Cambridge",
        distance_miles=1.0,
        tags=("music", "rock"),
    ),
    _event(
        14,
        "Puppet Show: the Fox",
        5.0,
        "2026-11-22T10:00",
        None,
        "Newton Free Library",
        city="Newton",
        distance_miles=6.5,
        tags=("family",),
    ),
    _event(
        15,
        "Open Mic",
        0.0,
        "2026-11-20T20:00",
        None,
        "Moonlight Brewing",
        city="Somerville",
        distance_miles=3.5,
    ),
)


def _ago(events: Sequence[ShownEvent], answers: int) -> tuple[ShownEvent, ...]:
    return tuple(replace(event, answers_ago=answers) for event in events)


SHOWN = {
    "none": (),
    "list": LIST,
    "told": (*_ago([LIST[2]], 0), *_ago(LIST, 1)),
    "two": (*_ago([LIST[2]], 0), *_ago([LIST[1]], 1), *_ago(LIST, 2)),
}
Read = Callable[..., Reading]


@pytest.fixture
def read_on_friday(gazetteer: StoredPlaces) -> Read:
    """read(message, shown=…, standing=…, before=…, **SearchContext fields)"""

    def read_message(
        message: str,
        *,
        shown: Sequence[ShownEvent] = (),
        standing: Constraints | None = None,
        before: Act | None = None,
        **context: Any,
    ) -> Reading:
        moment = datetime.fromisoformat(FRIDAY).replace(tzinfo=ZoneInfo(NEW_YORK))
        known = SearchContext(timezone=NEW_YORK, **context)
        return read(message, Turn(moment, gazetteer, known, standing, shown, before))

    return read_message


def _differences(reading: Reading, want: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name of each part of the act that is wrong → (got, wanted)."""
    act = reading.acts[0]
    got: dict[str, Any] = {}
    for name, wanted in want.items():
        if name == "kinds":
            got[name] = [each.kind for each in reading.acts]
        elif name == "subject_holds":
            got[name] = wanted if wanted in act.subject.casefold() else act.subject
        elif name == "slots":
            wishes = [slot.wish for slot in act.slots]
            is_right = len(wishes) == len(wanted) and all(
                each in wish for each, wish in zip(wanted, wishes, strict=True)
            )
            got[name] = wanted if is_right else wishes
        elif name == "subject":
            got[name] = act.subject.casefold()
        elif name == "refers_to":
            got[name] = sorted(act.refers_to)
        else:
            got[name] = getattr(act, name)
    return {name: (got[name], wanted) for name, wanted in want.items() if got[name] != wanted}


@pytest.mark.parametrize("shown", SHOWN)
def test_messages_are_read_into_acts(read_on_friday: Read, shown: str) -> None:
    wrong = {
        message: differences
        for message, want in TABLE[shown]
        if (differences := _differences(read_on_friday(message, shown=SHOWN[shown]), want))
    }

    assert not wrong, "\n".join(f"{message}: {each}" for message, each in wrong.items())


def test_table_holds_many_rows_of_every_kind() -> None:
    rows = [want for rows in TABLE.values() for _, want in rows]

    assert len(rows) >= 200
    assert {want["kind"] for want in rows if "kind" in want} == {
        *("find", "about", "compare", "count", "plan", "calendar", "explain", "talk", "decline")
    }


def test_acts_but_searches_leave_the_wishes(ask: Ask, read_on_friday: Read) -> None:
    before = ask("free jazz for kids near Newton, MA this weekend")

    for message, shown in (
        ("thanks!", LIST),
        ("that sounds good", LIST),
        ("no, that's all", LIST),
        ("where is the second one?", LIST),
        ("is it free on Mondays?", LIST),
        ("add it to my calendar", LIST),
        ("why that one?", LIST),
        ("what is the capital of France?", LIST),
        ("what towns do you have?", LIST),
    ):
        after = read_on_friday(message, shown=shown, standing=before).constraints
        for name in ("place", "date_from", "date_to", "max_price", "audience", "query"):
            assert getattr(after, name) == getattr(before, name), (message, name)


def test_question_about_an_event_to_look_up_keeps_the_topic(ask: Ask, read_on_friday: Read) -> None:
    before = ask("jazz in Boston")
    reading = read_on_friday("how much is get the led out", standing=before)

    assert "led" in reading.acts[0].subject
    assert reading.constraints.query == "jazz"


def test_start_over_drops_every_wish(ask: Ask, read_on_friday: Read) -> None:
    reading = read_on_friday("start over", standing=ask("free jazz in Boston"))

    assert reading.acts[0].topic == "start_over"
    assert (reading.constraints.place, reading.constraints.query) == (None, "")


def test_same_question_is_asked_of_another_event(read_on_friday: Read) -> None:
    before = Act("about", refers_to=(11,), about="price", question="how much is it")
    reading = read_on_friday("and the second one?", shown=LIST, before=before)

    assert (reading.acts[0].about, reading.acts[0].refers_to) == ("price", (12,))


def test_every_act_says_how_sure_it_is(read_on_friday: Read) -> None:
    for shown, rows in TABLE.items():
        for message, _ in rows:
            for act in read_on_friday(message, shown=SHOWN[shown]).acts:
                assert 0 < act.confidence <= 1, message
                assert act.read_by == "rules"


def test_superlative_of_one_event_asks_about_it(read_on_friday: Read) -> None:
    act = read_on_friday("which is the cheapest?", shown=LIST[:1]).acts[0]

    assert (act.kind, act.about, act.refers_to) == ("about", "price", (11,))


def test_these_are_what_the_last_search_found_even_if_it_is_one(read_on_friday: Read) -> None:
    found_one = (replace(LIST[4], is_found=True), *_ago(LIST, 1))
    told_of_one = (LIST[4], *_ago(LIST, 1))

    in_calendar = read_on_friday("can I get these in my calendar?", shown=found_one).acts[0]
    assert (in_calendar.kind, in_calendar.refers_to) == ("calendar", (15,))
    cheapest = read_on_friday("which is the cheapest?", shown=found_one).acts[0]
    assert (cheapest.kind, cheapest.refers_to) == ("about", (15,))
    after_one = read_on_friday("can I get these in my calendar?", shown=told_of_one).acts[0]
    assert after_one.refers_to == (11, 12, 13, 14, 15)


CLUB = replace(LIST[1], event_id=21, title="Stargazers Club", recurs=True)


@pytest.mark.parametrize(
    ("message", "shown", "meant"),
    [
        # Of what was told of, and takes place again, the next date is asked for.
        ("and the one after that, when", (CLUB, *_ago((CLUB, LIST[0]), 1)), 21),
        ("when is the next one?", (CLUB, *_ago((CLUB, LIST[0]), 1)), 21),
        # Where nothing of a list was told of, its first is the one.
        ("next one when?", (CLUB, LIST[0]), 21),
        # Without a later date, or when something else is asked, it is the next of the list.
        ("and the one after that, when", (LIST[0], *_ago((LIST[0], CLUB), 1)), 21),
        ("where is the next one?", (CLUB, *_ago((CLUB, LIST[0]), 1)), 11),
    ],
)
def test_next_one_is_the_next_date_or_the_next_of_the_list(
    read_on_friday: Read, message: str, shown: tuple[ShownEvent, ...], meant: int
) -> None:
    before = Act("about", (CLUB.event_id,), about="registration", question="must i sign up?")
    [act] = read_on_friday(message, shown=shown, before=before).acts
    assert (act.kind, act.refers_to) == ("about", (meant,))


def test_question_after_a_pointer_keeps_the_words_of_the_pointer(read_on_friday: Read) -> None:
    shown = (CLUB, *_ago((CLUB, LIST[0]), 1))
    [act] = read_on_friday("and the one after that, when", shown=shown).acts
    assert (act.about, act.question) == ("time", "and the one after that, when")


def test_parts_of_a_plan_have_their_hours_and_no_days_among_their_words(
    read_on_friday: Read,
) -> None:
    plan = read_on_friday("plan our friday evening, something early then a concert")
    assert plan.acts[0].slots == (Slot("", time(17), time(20)), Slot("concert"))
    tonight = read_on_friday("plan tonight, dinner then live jazz")
    assert [slot.wish for slot in tonight.acts[0].slots] == ["dinner", "live jazz"]
