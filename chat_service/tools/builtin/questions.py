"""What a question about an event asks for, and how a sentence looks that answers it. Pure.

The kinds, the words that mean the same and those that tell nothing stand in `answers.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.text import fold_name

Says = Literal["yes", "no"]
_FILE: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("answers.toml").read_text(encoding="utf-8")
)
_ENDINGS = ("ings", "ing", "ers", "ed", "es", "er", "s")
_SHORTEST_STEM = 3
_YES_OR_NO = re.compile(
    r"^\W*(?:(?:and|so|but|oh|ok|okay|also|one more|wait)\W+)*"
    r"(?:is|are|do|does|can|could|may|must|should|will|would|am|need|have|has|any)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is asked; `yes` and `no` are met by sentences that plainly say so."""

    name: str
    asks: re.Pattern[str]
    answers: re.Pattern[str]
    yes: re.Pattern[str] | None
    no: re.Pattern[str] | None

    def says(self, sentence: str, question: str) -> Says | None:
        """Whether a sentence says plainly yes or no to a question that asks for one of them."""
        if not _YES_OR_NO.match(question):
            return None
        if self.no is not None and self.no.search(sentence):
            return "no"
        return "yes" if self.yes is not None and self.yes.search(sentence) else None


def _kind(entry: Mapping[str, Any]) -> Kind:
    patterns = {
        name: re.compile(entry[name], re.IGNORECASE) if name in entry else None
        for name in ("yes", "no")
    }
    return Kind(
        name=entry["name"],
        asks=re.compile(entry["asks"], re.IGNORECASE),
        answers=re.compile(entry["answers"], re.IGNORECASE),
        **patterns,
    )


_KINDS = tuple(map(_kind, _FILE["kind"]))


def kind_of_question(question: str) -> Kind | None:
    """The first kind that a question asks for; None for one that is none of them."""
    return next((kind for kind in _KINDS if kind.asks.search(question)), None)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


_LITTLE = frozenset(fold_name(_FILE["words"]["little"]).split())
# Each word of a group stands for the first of it.
_SYNONYMS = {
    _stem(word): _stem(group.split()[0])
    for group in _FILE["synonyms"]["groups"]
    for word in group.split()
}


def stems_of(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something, those that mean the same as one."""
    stems = (_stem(word) for word in fold_name(text).split() if word not in _LITTLE)
    return frozenset(_SYNONYMS.get(stem, stem) for stem in stems)
