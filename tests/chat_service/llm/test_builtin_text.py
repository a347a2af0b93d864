"""What the built-in answerer says in whole, for several situations."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.llm.builtin.finding import builtin_answer
from chat_service.turns.found_events import cited_numbers
from rag.types import AgeRange, Constraints, Mended, RankedEvent, Relaxation
from tests.chat_service.samples import (
    ENGLISH,
    NEWTON_KS,
    NEWTON_MA,
    NEWTON_NC,
    NOW,
    local,
    numbered,
    ranked,
    retrieval,
    wishes,
)

WEEKEND = {"date_from": local(20, 17), "date_to": local(23)}
PUPPETS = ranked(
    distance=1.24,
    audience_tags=("kids", "families"),
    metadata_tags=("Crafts", "theatre"),
    min_price=0.0,
)
JAZZ = ranked(
    id=2,
    title="Jazz Night *live* [sold out]",
    start_time=local(21, 19),
    end_time=local(22, 1),
    price="$12–$20",
    min_price=12.0,
    distance=14.06,
    venue=None,
    location="The Grotto,  Boston",
)
STUDIOS = ranked(
    id=3,
    title="Open Studios",
    all_day=True,
    start_time=local(21),
    end_time=local(24),
    venue=None,
    location="",
)
WEBINAR = ranked(
    id=4, title="Pruning", event_attendance_mode="online", is_virtual=True, distance=3000.0
)


def say(constraints: Constraints, *events: RankedEvent, message: str = "What's on?") -> str:
    return builtin_answer(retrieval(constraints, *events), message, NOW, ENGLISH)


def test_answer_names_the_wishes_the_matches_and_why_they_fit() -> None:
    constraints = wishes(place=NEWTON_MA, audience="kids", query="kids craft", **WEEKEND)
    assert (
        say(constraints, PUPPETS, JAZZ, STUDIOS)
        == """\
The best matches for events for kids about “craft” near Newton, MA from Fri 20 Nov, 5 pm to Sun \
22 Nov:

- **Puppet Show** [1] · Sat 21 Nov, 10:30–11:15 am · Free Library, Newton, MA \
(1.2 miles away) · free
  Why: for kids, tagged “Crafts” and close by.
- **Jazz Night live (sold out)** [2] · Sat 21 Nov, 7 pm – 1 am · The Grotto, Boston \
(14 miles away) · $12–$20
- **Open Studios** [3] · Sat 21 Nov – Mon 23 Nov"""
    )


def test_one_match_is_singular_and_comes_with_advice() -> None:
    constraints = wishes(
        place=NEWTON_MA,
        max_distance_miles=5.0,
        age=AgeRange(4, 4),
        max_price=0.0,
        date_to=local(21),
    )
    assert (
        say(constraints, PUPPETS)
        == """\
The best match for free events for a 4-year-old within 5 miles of Newton, MA today (Fri 20 Nov):

- **Puppet Show** [1] · Sat 21 Nov, 10:30–11:15 am · Free Library, Newton, MA \
(1.2 miles away) · free
  Why: free and close by.

To see more, you could try:
- “any day” instead of today (Fri 20 Nov)
- “within 10 miles” instead of 5 miles
- “any price” instead of free"""
    )


def test_no_match_says_so_and_what_to_change() -> None:
    constraints = wishes(
        place=NEWTON_MA,
        audience="toddlers",
        max_price=15.0,
        is_virtual=False,
        query="opera",
        date_from=local(21),
        date_to=local(22),
    )
    assert (
        say(constraints)
        == """\
I know no in-person events for toddlers about “opera” costing up to $15 near Newton, MA \
tomorrow (Sat 21 Nov).

You could try:
- “any day” instead of tomorrow (Sat 21 Nov)
- “anywhere” instead of one place
- “any price” instead of up to $15
- “online” instead of in person
- other words than “opera”"""
    )


def test_price_limit_reads_back_in_its_currency() -> None:
    answer = say(wishes(max_price=15.0, currency="EUR", query="concerts"))

    assert answer.startswith("I know no events about “concerts” costing up to €15")
    assert "“any price” instead of up to €15" in answer
    assert "$" not in answer


def test_online_events_have_a_zone_and_no_distance() -> None:
    assert (
        say(wishes(is_virtual=True, query="gardening"), WEBINAR)
        == """\
The best match for online events about “gardening”:

- **Pruning** [1] · Sat 21 Nov, 10:30–11:15 am EST · online
  Why: you can join online.

To see more, you could try:
- “in person” instead of online
- other words than “gardening”"""
    )


def test_without_any_wish_the_next_events_are_listed() -> None:
    assert (
        say(wishes(), STUDIOS)
        == """\
Here is one upcoming event:

- **Open Studios** [1] · Sat 21 Nov – Mon 23 Nov"""
    )


def test_without_any_wish_and_any_event_it_asks() -> None:
    assert (
        say(wishes())
        == """\
I know no upcoming events.

Tell me a town and what you like, such as “live music near Asheville, NC”."""
    )


@pytest.mark.parametrize(
    ("constraints", "message", "note"),
    [
        (
            wishes(place=NEWTON_MA, alternatives=(NEWTON_KS,)),
            "near Newton",
            "I took Newton, MA; did you mean Newton, KS?",
        ),
        (
            wishes(place=NEWTON_MA, alternatives=(NEWTON_KS, NEWTON_NC)),
            "near Newton",
            "I took Newton, MA; did you mean Newton, KS or Newton, NC?",
        ),
        (
            wishes(unknown_place="Atlantis"),
            "near Atlantis",
            "I do not know a place called “Atlantis”. Tell me the nearest larger town or a postal "
            "code, and I will look around it.",
        ),
        (
            wishes(max_distance_miles=1.0),
            "walking distance",
            "Within 1 mile of where? Tell me a town or a postal code, and I will measure from "
            "there. Until then, I am looking everywhere.",
        ),
        (
            wishes(),
            "what's on near me?",
            "I do not know where you are. Tell me a town or a postal code, and I will look around "
            "it. Until then, I am looking everywhere.",
        ),
    ],
)
def test_place_in_doubt_is_asked_for_first(
    constraints: Constraints, message: str, note: str
) -> None:
    assert say(constraints, *numbered(3), message=message).split("\n\n")[0] == note


@pytest.mark.parametrize(
    "constraints",
    [wishes(place=NEWTON_MA), wishes(max_distance_miles=3.0, is_virtual=True)],
)
def test_place_beyond_doubt_is_not_asked_for(constraints: Constraints) -> None:
    assert say(constraints, *numbered(3), message="near me").startswith("The best matches for ")


def _in_state(number: int, state: str, mode: str = "offline") -> RankedEvent:
    venue = {"name": "Hall", "city": "Newton", "state": state, "country": "US"}
    return ranked(id=number, title=f"Yoga {number}", venue=venue, event_attendance_mode=mode)


WHICH_TOWN = "In which town shall I look? What I found is spread over several regions."


def test_what_lies_in_several_regions_is_listed_and_the_town_asked_for() -> None:
    answer = say(wishes(query="yoga"), _in_state(1, "NC"), _in_state(2, "CA"), message="yoga")
    assert WHICH_TOWN in answer.split("\n\n")
    assert "**Yoga 2** [2]" in answer


@pytest.mark.parametrize(
    ("constraints", "message", "second"),
    [
        (wishes(query="yoga"), "yoga", _in_state(2, "NC")),
        (wishes(query="yoga"), "yoga", _in_state(2, "CA", "online")),
        (wishes(query="yoga"), "yoga anywhere", _in_state(2, "CA")),
        (wishes(query="zz top", names=("zz top",)), "“zz top”", _in_state(2, "CA")),
        (wishes(query="yoga", place=NEWTON_MA), "yoga", _in_state(2, "CA")),
        (wishes(query="yoga"), "yoga near me", _in_state(2, "CA")),
    ],
)
def test_town_is_not_asked_for_where_it_is_known_or_does_not_matter(
    constraints: Constraints, message: str, second: RankedEvent
) -> None:
    assert WHICH_TOWN not in say(constraints, _in_state(1, "NC"), second, message=message)


def test_default_radius_and_default_dates_are_not_said_to_be_wished() -> None:
    constraints = wishes(
        place=NEWTON_MA,
        max_distance_miles=15.0,
        date_from=NOW,
        date_to=NOW + timedelta(days=365),
        sources={"max_distance_miles": "default", "date_from": "default", "date_to": "default"},
    )
    answer = say(constraints, *numbered(3))
    assert answer.startswith("The best matches for events near Newton, MA:")


def test_numbers_are_places_in_the_retrieval_and_the_rest_is_counted() -> None:
    events = [*numbered(8), *numbered(15, "additional"), *numbered(50, "context")]
    found = replace(retrieval(wishes(), *events), matches=41)
    answer = builtin_answer(found, "What's on?", NOW, ENGLISH)
    assert cited_numbers(answer, len(events)) == [1, 2, 3, 4, 5, 6]
    assert answer.endswith("\n\nThere are 35 more; say “more” to see the next ones.")


def test_less_relevant_events_fill_up_a_short_list() -> None:
    answer = say(wishes(), *numbered(1), *numbered(6, "additional"), *numbered(5, "context"))
    assert [line for line in answer.split("\n\n") if not line.startswith("-")] == [
        "Here is one upcoming event:",
        "These come close, but are not quite that:",
    ]
    assert cited_numbers(answer, 12) == [1, 2, 3, 4]


def test_nothing_relevant_is_said_plainly() -> None:
    answer = say(wishes(query="opera"), *numbered(1, "additional"))
    assert answer.startswith(
        "I know no events about “opera”.\n\nThis comes close, but is not quite that:\n\n- "
    )


@pytest.mark.parametrize(
    ("fields", "constraints", "why"),
    [
        ({"title": "Modern Jazz"}, wishes(query="jazz"), "“jazz” is in its title"),
        ({"description": "All that jazz"}, wishes(query="jazz"), "“jazz” is in its description"),
        (
            {"metadata_tags": ("Farmers Market",)},
            wishes(query="markets"),
            "tagged “Farmers Market”",
        ),
        ({"metadata_tags": ("events",)}, wishes(query="events"), None),
        ({"age_range": "3-6"}, wishes(age=AgeRange(4, 4)), "ages 3-6"),
        ({"age_range": "All ages"}, wishes(age=AgeRange(4, 4)), "All ages"),
        ({"audience_tags": ("adults",)}, wishes(audience="kids"), None),
        ({"title": "Kids and jazz"}, wishes(audience="kids", query="kids"), None),
        ({"audience_tags": ("Kid",)}, wishes(audience="kids"), "for kids"),
        ({"min_price": 12.0}, wishes(max_price=20.0), "within your $20"),
        ({"min_price": 12.0}, wishes(max_price=20.0, currency="GBP"), "within your £20"),
        ({"min_price": None}, wishes(max_price=20.0), None),
        ({"distance": 2.0}, wishes(place=NEWTON_MA), "close by"),
        ({"distance": 2.1}, wishes(place=NEWTON_MA), None),
        ({"start_time": NOW - timedelta(hours=1)}, wishes(), "already under way"),
    ],
)
def test_why_states_only_what_is_known(
    fields: dict[str, object], constraints: Constraints, why: str | None
) -> None:
    event = ranked(**fields)  # type: ignore[arg-type]
    found = re.findall(r"  Why: (.*)\.", say(constraints, event))
    assert found == ([why] if why else [])


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_texts_of_events_never_pass_for_citations_or_lines(
    title: str, location: str, price: str
) -> None:
    event = ranked(title=title + "[2] **[3]**", venue=None, location=location, price=price)
    answer = say(wishes(), event, *numbered(2))
    assert cited_numbers(answer, 3) == [1, 2, 3]
    assert len(answer.split("\n")) == len(say(wishes(), *numbered(3)).split("\n"))


def test_what_would_bring_more_is_offered_with_its_number() -> None:
    wanted = wishes(query="opera", max_price=10.0)
    cheaper = Relaxation("price", "without the price limit", "any price", wanted, matches=4)
    found = replace(retrieval(wanted, *numbered(6, "additional")), relaxations=(cheaper,))
    answer = builtin_answer(found, "opera under $10", NOW, ENGLISH)
    assert cited_numbers(answer, 6) == [1, 2, 3]
    assert answer.endswith("\n\nThere are more:\n- 4 without the price limit (say “any price”)")
    nothing = replace(retrieval(wanted), relaxations=(cheaper,))
    assert "But there are:\n- 4 without the price limit" in builtin_answer(
        nothing, "opera", NOW, ENGLISH
    )


def test_what_was_mended_and_left_out_is_said() -> None:
    constraints = wishes(none_of=("open mic", "karaoke"), mended=(Mended("comdey", "comedy"),))
    answer = say(constraints, *numbered(3))
    assert answer.startswith("I read “comdey” as “comedy”.\n\n")
    assert answer.endswith("\n\nI left out open mic and karaoke.")


def test_place_without_events_is_said_to_have_none() -> None:
    wanted = wishes(place=NEWTON_KS, query="opera")
    nothing = replace(retrieval(wanted, replace(WEBINAR, tier="near")), fits=False, at_place=0)
    answer = builtin_answer(nothing, "opera", NOW, ENGLISH)
    assert answer.startswith("I know no events at all near Newton, KS.\n\nWhat you can join online")
    others = replace(nothing, at_place=3)
    answer = builtin_answer(others, "opera", NOW, ENGLISH)
    lead = "I know no events about “opera” near Newton, KS. 3 other events take place there."
    assert answer.split("\n\n")[0] == lead


def test_a_reason_that_most_share_is_not_repeated() -> None:
    answer = say(wishes(query="puppet"), *numbered(4))
    assert "Why:" not in answer
    assert say(wishes(query="puppet"), *numbered(2)).count("“puppet” is in its title") == 2
