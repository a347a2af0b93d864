"""Whatever the service proposes to say next, it understands when it is said."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

from chat_service.llm.builtin.advice import follow_up_questions
from chat_service.llm.builtin.finding import builtin_answer
from rag.types import Centre, Constraints, SearchContext
from rag.understanding import Namesake, understand
from rag.understanding.places.lookup import RegionCircle
from rag.understanding.places.own_names import OwnNames
from tests.chat_service.samples import (
    ENGLISH,
    NEWTON_MA,
    NOW,
    local,
    numbered,
    ranked,
    retrieval,
    wishes,
)


class NoPlaces:
    """A gazetteer of an empty world: proposals name no places."""

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Namesake]]:
        return {}

    def by_id(self, location_id: int) -> Centre | None:
        return None

    def region(self, country_code: str, code: str | None, name: str | None) -> RegionCircle | None:
        return None

    def postal_code(self, code: str) -> Centre | None:
        return None

    @property
    def knows_landmarks(self) -> bool:
        return False

    def landmarks(self, words: str) -> Sequence[Centre]:
        return ()

    @property
    def own(self) -> OwnNames:
        return OwnNames()

    def timezone_at(self, lat: float, lng: float) -> str:
        return "America/New_York"


STANDING = wishes(
    place=NEWTON_MA,
    max_distance_miles=5.0,
    date_from=local(21),
    date_to=local(22),
    max_price=10.0,
    query="opera",
)


def said(message: str, standing: Constraints) -> Constraints:
    return understand(
        message,
        now=NOW,
        gazetteer=NoPlaces(),
        context=SearchContext(),
        standing=standing,
        server_timezone="America/New_York",
    )


WEEKEND = {"date_from": local(20, 17), "date_to": local(23)}
NEXT = {
    "What about this weekend?": WEEKEND,
    "What's on near me?": {"place": None},
    "Only free ones?": {"max_price": 0.0},
    "Anything for kids?": {"audience": "kids"},
    "Any online events?": {"is_virtual": True},
    "In-person only, please": {"is_virtual": False},
    "Any in-person events?": {"is_virtual": False},
    "What about any day?": {"date_from": None, "date_to": None},
    "What about anywhere?": {"place": None},
    "any day": {"date_from": None, "date_to": None},
    "anywhere": {"place": None},
    "within 10 miles": {"max_distance_miles": 10.0},
    "any price": {"max_price": None},
    "online": {"is_virtual": True},
    "in person": {"is_virtual": False},
}


@pytest.mark.parametrize(("message", "wanted"), NEXT.items())
def test_proposal_is_understood(message: str, wanted: Mapping[str, Any]) -> None:
    standing = wishes(query="opera") if message == "What's on near me?" else STANDING
    understood = said(message, standing)
    assert {name: getattr(understood, name) for name in wanted} == wanted
    assert understood.query.split()[0] == "opera"  # the topic goes on


def test_nothing_else_is_proposed() -> None:
    online = [ranked(event_attendance_mode="online")]
    proposed: set[str] = set()
    for constraints in (
        wishes(),
        STANDING,
        wishes(is_virtual=True, place=NEWTON_MA, query="opera"),
        wishes(is_virtual=False, place=NEWTON_MA, max_price=0.0, audience="kids", **WEEKEND),
        wishes(place=NEWTON_MA, max_price=0.0, audience="kids", **WEEKEND),
    ):
        for events in ([], numbered(3), online):
            proposed.update(follow_up_questions(constraints, events, ENGLISH))
        answer = builtin_answer(retrieval(constraints), "?", NOW, ENGLISH)
        proposed.update(re.findall(r"^- “(.*?)”", answer, flags=re.MULTILINE))
    assert proposed == set(NEXT)
