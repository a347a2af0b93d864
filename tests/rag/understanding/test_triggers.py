"""A recogniser that is left out for want of a trigger would have found nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.understanding.places.landmarks import find_address
from rag.understanding.talk.references import ShownWords, read_shown
from rag.understanding.text import Utterance, Wish
from rag.understanding.wishes.company import read_age
from rag.understanding.wishes.names import find_titles
from rag.understanding.wishes.prices import asks_for_cheaper, read_price
from rag.understanding.wishes.reach import DistanceWords, read_attendance, read_distance
from rag.understanding.words import concerned

MESSAGES = [
    json.loads(line)["text"]
    for name in ("everyday_messages.jsonl", "date_grammar.jsonl")
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
]
NOTHING: Wish[Any] = Wish()


@pytest.mark.parametrize(
    ("name", "read", "nothing"),
    [
        ("address", lambda low: find_address(low, low), None),
        ("names", find_titles, ()),
        ("shown", lambda low: read_shown(low, ()), ShownWords()),
        ("distance", read_distance, DistanceWords(NOTHING)),
        ("attendance", read_attendance, NOTHING),
        ("price", lambda low: (read_price(low), asks_for_cheaper(low)), (NOTHING, None)),
        ("age", read_age, NOTHING),
    ],
)
def test_recogniser_without_its_trigger_finds_nothing(
    name: str, read: Callable[[str], Any], nothing: Any
) -> None:
    lows = [Utterance.of(message).low for message in MESSAGES]
    left_out = [low for low in lows if name not in concerned(low)]
    assert len(left_out) > len(lows) / 4
    assert [low for low in left_out if read(low) != nothing] == []
