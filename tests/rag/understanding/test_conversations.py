"""Whole conversations: what is in force after each turn."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rag.types import Constraints, MoreLike, ShownEvent
from tests.rag.understanding.conftest import Ask, local

CONVERSATIONS = tomllib.loads(
    (Path(__file__).parent / "conversations.toml").read_text(encoding="utf-8")
)["conversation"]
SHOWN = (
    ShownEvent(11, "Live Jazz: the Quiet Streetcar Quintet", 1, 20.0),
    ShownEvent(12, "Jazz Night with the Marlowe Quartet", 2, 12.0),
    ShownEvent(13, "Moth & Lantern + support", 3, 18.0),
    ShownEvent(14, "Puppet Show: the fox", 4, 15.0),
    ShownEvent(15, "Open Mic", 5, 0.0),
)


def _in_force(constraints: Constraints, name: str) -> Any:
    """One wish in the way that the table writes it."""
    value = getattr(constraints, name)
    if name in ("date_from", "date_to"):
        value = local(value)
    elif name == "place":
        value = value.label if value else None
    elif name == "age":
        value = value.one if value else None
    elif name == "more_like":
        value = value.event_id if value else None
    elif name == "not_event_ids":
        return list(value)
    return "" if value is None else value


@pytest.mark.parametrize(
    "conversation", CONVERSATIONS, ids=[f"{n}: {c['first']}" for n, c in enumerate(CONVERSATIONS)]
)
def test_conversation_keeps_what_it_is_about(ask: Ask, conversation: dict[str, Any]) -> None:
    standing = ask(conversation["first"])
    wrong = []
    for message, want in conversation["turns"]:
        standing = ask(message, standing=standing, shown=SHOWN)
        got = {name: _in_force(standing, name) for name in want}
        if got != want:
            wrong.append((message, {n: (got[n], want[n]) for n in want if got[n] != want[n]}))
    assert wrong == []


def test_number_is_the_one_printed_and_an_ordinal_the_place(ask: Ask) -> None:
    cited = (ShownEvent(31, "Choir", 3), ShownEvent(32, "Opera", 1))
    before = ask("music")

    assert ask("more like #3", standing=before, shown=cited).more_like == MoreLike(31, "Choir")
    assert ask("more like the 2nd", standing=before, shown=cited).more_like == MoreLike(32, "Opera")
    assert ask("more like [1]", standing=before, shown=cited).more_like == MoreLike(32, "Opera")


def test_model_of_the_context_is_meant_by_this_and_gives_way_to_an_ordinal(ask: Ask) -> None:
    given = MoreLike(99, "Pottery")
    this = ask("more like this", shown=SHOWN, more_like=given)
    second = ask("more like the second one", shown=SHOWN, more_like=given)

    assert (this.more_like, this.sources["more_like"]) == (given, "context")
    assert (second.more_like, second.sources["more_like"]) == (
        MoreLike(12, "Jazz Night with the Marlowe Quartet"),
        "message",
    )


def test_model_stands_until_the_topic_changes(ask: Ask) -> None:
    model = ask("more like the first one", standing=ask("music"), shown=SHOWN)
    later = ask("what about Sunday?", standing=model)

    assert (later.more_like, later.sources["more_like"]) == (model.more_like, "session")
    assert ask("pottery", standing=later).more_like is None


def test_cheaper_without_known_prices_means_free(ask: Ask) -> None:
    unknown = (ShownEvent(1, "Choir", 1), ShownEvent(2, "Opera", 2))

    assert ask("cheaper ones", standing=ask("music"), shown=unknown).max_price == 0.0
    assert ask("cheaper ones", standing=ask("music")).max_price is None


def test_words_that_refer_to_nothing_shown_leave_everything(ask: Ask) -> None:
    before = ask("jazz in Boston")
    after = ask("more like the second one", standing=before)

    assert (after.query, after.more_like, after.not_event_ids) == ("jazz", None, ())
