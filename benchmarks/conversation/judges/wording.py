"""Judges what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.conversation.answers import Answer, Listed
from benchmarks.conversation.judges.folding import clock_forms, fold, says_one
from benchmarks.conversation.judges.verdicts import Circumstances, Verdict

_UNKNOWN = (
    "not say", "n't say", "not know", "n't know", "not list", "n't list", "not give", "n't give",
    "not mention", "n't mention", "not stated", "no information", "says nothing", "not in the",
)  # fmt: skip
_SHORTER = re.compile(r"\bonly\b|\bno\b|\bnot\b|n't\b|\bnothing\b|\bnone\b")
# A location line of so few parts is a town and its state.
_TOWN_PARTS = 2


def judge_text(around: Circumstances, answer: Answer) -> Iterator[Verdict]:
    """All that the expectation says of the words."""
    expect = around.turn.expect
    ranks = expect.get("refers_to_rank")
    ranked = around.rank_of(ranks) if ranks else None
    if ranks and ranked is None:
        is_right = _SHORTER.search(answer.folded) is not None
        yield Verdict("text", "says that there is none", is_right, ranks, answer.content)
        return
    if entries := expect.get("answer"):
        missing = [entry for entry in entries if not says_one(answer.folded, entry)]
        yield Verdict("text", "answer", not missing, missing or entries, answer.content)
    if forbidden := expect.get("must_not"):
        said = [phrase for phrase in forbidden if says_one(answer.folded, phrase)]
        yield Verdict("text", "must_not", not said, forbidden, said)
    for what in expect.get("answer_field", []):
        forms = [form for event in ranked or [] for form in _forms(what, event)]
        yield Verdict(
            "text", f"answer {what}", says_one(answer.folded, forms), forms, answer.content
        )


def _forms(what: str, event: Listed) -> list[str]:
    if what == "when":
        return ["all day"] if event.all_day else clock_forms(event.start)
    parts = [part.strip() for part in event.location.split(",") if part.strip()]
    is_town = len({fold(part) for part in parts}) <= _TOWN_PARTS
    return [*parts[:1], *(_UNKNOWN if is_town else ())]
