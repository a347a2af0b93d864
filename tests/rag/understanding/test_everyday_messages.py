"""Messages as people type them, labelled by hand, mean what their labels say.

Of a label only the keys listed are judged; `query_holds` and `query_lacks` are words that the
search text has and has not, `before` the messages of the same conversation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rag.types import Constraints, ShownEvent
from tests.rag.understanding.conftest import Ask, holds_age, local

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parent / "everyday_messages.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
SHOWN = (
    ShownEvent(11, "Live Jazz: the Quiet Streetcar Quintet", 1, 20.0),
    ShownEvent(12, "Jazz Night with the Marlowe Quartet", 2, 12.0),
    ShownEvent(13, "Moth & Lantern + support", 3, 18.0),
    ShownEvent(14, "Puppet Show: the fox", 4, 15.0),
    ShownEvent(15, "Open Mic", 5, 0.0),
)


def _understood(ask: Ask, each: dict[str, Any]) -> Constraints:
    standing: Constraints | None = None
    for text in (*each.get("before", ()), each["text"]):
        shown = SHOWN if standing else ()
        standing = ask(text, now=each["now"], zone=each["timezone"], standing=standing, shown=shown)
    assert standing is not None
    return standing


def _in_force(got: Constraints, name: str, wanted: Any) -> Any:
    """One wish in the way that the labels write it."""
    if name in ("date_from", "date_to"):
        return local(getattr(got, name))
    if name == "place":
        label = got.place.label if got.place else None
        return wanted if wanted and label and label.startswith(wanted) else label
    if name in ("country_code", "region_code"):
        return getattr(got.place, name, None)
    if name == "query_holds":
        return [words for words in wanted if words in got.query.lower()]
    if name == "query_lacks":
        return [words for words in wanted if words not in got.query.lower()]
    if name == "more_like":
        return got.more_like.event_id if got.more_like else None
    if name == "age":
        return wanted if holds_age(got.age, wanted) else got.age
    value = getattr(got, name)
    return list(value) if name == "not_event_ids" else value


def test_everyday_messages_are_understood(ask: Ask) -> None:
    wrong = {}
    for each in LABELLED:
        got = _understood(ask, each)
        in_force = {name: _in_force(got, name, wanted) for name, wanted in each["want"].items()}
        if in_force != each["want"]:
            key = (each["now"], *each.get("before", ()), each["text"])
            wrong[key] = {
                name: (value, each["want"][name])
                for name, value in in_force.items()
                if value != each["want"][name]
            }

    assert not wrong, "\n".join(f"{key}: {each}" for key, each in wrong.items())
    assert len(LABELLED) >= 900
