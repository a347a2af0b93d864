"""Messages in other languages, brought into English word by word before the grammar reads them.

A language is a file of `glossaries/`: its words and phrases under the English ones, those that
English has too, and patterns that put the result in order. Words that it does not hold, names
above all, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from core.text import fold_name
from rag.understanding.word_lists import read_toml

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ELIDED = re.compile(r"^(?:[ldjscnm]|qu)['’](?=.{3})")
_LONGEST = 5
# What a message in English is made of: as many of these as foreign words, and it is English.
_ENGLISH_TEXT = """
the is are was what when where which who how for with and at of to any some this that on in my
near it do does can i there want show find looking kids free tonight tomorrow weekend
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
# "For on friday": both words stood for one.
_OPEN = re.compile(r"\b(how much is|where is|when is|what is)(?= ?[?!.]*$)")
_DOUBLED = re.compile(r"\b(?:for|in|on|at|this) (?=(?:on|this|next|in|at|near|for) )")


@dataclass(frozen=True, slots=True)
class _Glossary:
    english: Mapping[str, str]
    known: frozenset[str]
    telling: frozenset[str]
    little: frozenset[str]
    keep: re.Pattern[str] | None
    patterns: Sequence[tuple[re.Pattern[str], str]]

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> _Glossary:
        phrases = [
            (phrase, english.strip())
            for english, foreign in file["words"].items()
            for phrase in foreign.split(", ")
        ]
        exact = {_key(phrase, exact=True): english for phrase, english in phrases}
        folded = {_key(phrase): english for phrase, english in reversed(phrases)}
        little = frozenset(map(_key, file["little"].split(", ")))
        known = frozenset(word for key in (*exact, *folded) for word in key.split()) | little
        common = frozenset(map(_key, file["also_english"].split(", ")))
        marked = {word for key in exact for word in key.split() if not word.isascii()}
        return cls(
            english=folded | exact,
            known=known,
            telling=(known - common) | marked,
            little=little,
            keep=re.compile(file["keep"].replace(", ", "|")) if file["keep"] else None,
            patterns=[(re.compile(each), put) for each, put in file["patterns"].items()],
        )

    def known_of(self, words: Sequence[str], folded: Sequence[str]) -> int:
        """How many words it holds; 0 when they are English rather."""
        if self.telling.isdisjoint(words) and self.telling.isdisjoint(folded):
            return 0
        foreign = sum(f in self.known for f in folded)
        english = sum(f in _ENGLISH and f not in self.known for f in folded)
        return foreign if foreign > english else 0

    def put(self, text: str) -> str:
        """The text in English as far as it is known."""
        found = list(_WORD.finditer(text))
        parts, end, at = [], 0, 0
        for upto, english in self._parts([each.group() for each in found]):
            start, stop = found[at].start(), found[upto - 1].end()
            parts += [text[end:start], text[start:stop] if english is None else english]
            end, at = stop, upto
        rest = " ".join("".join([*parts, text[end:]]).split())
        for pattern, put in self.patterns:
            rest = pattern.sub(put, rest)
        return _OPEN.sub(r"\1 it", _DOUBLED.sub("", rest))

    def _parts(self, words: Sequence[str]) -> Iterator[tuple[int, str | None]]:
        """Where each part ends, and its English; None for what stays as it is."""
        at, was_known = 0, True
        while at < len(words):
            upto, english = self._longest(words, at)
            if english is None and _key(words[at]) in self.little:
                is_beside = was_known or self._longest(words, at + 1)[1] is not None
                english = "" if is_beside and not self._is_name(words, at + 1) else None
            was_known = english is not None
            yield upto, english
            at = upto

    def _is_name(self, words: Sequence[str], at: int) -> bool:
        """Whether a word is nobody's: "el" in front of it is a part of a name."""
        return at < len(words) and words[at][0].isalpha() and _key(words[at]) not in self.known

    def _longest(self, words: Sequence[str], at: int) -> tuple[int, str | None]:
        for upto in range(min(at + _LONGEST, len(words)), at, -1):
            phrase = " ".join(words[at:upto])
            for key in (_key(phrase, exact=True), _key(phrase)):
                if key in self.english:
                    return upto, self.english[key]
        return at + 1, None


def _key(phrase: str, *, exact: bool = False) -> str:
    words = (_ELIDED.sub("", word) for word in phrase.lower().replace("’", "'").split())
    return " ".join(word if exact else fold_name(word).replace(" ", "") for word in words)


@lru_cache(maxsize=1)
def _glossaries() -> Sequence[_Glossary]:
    files = sorted(Path(__file__).with_name("glossaries").glob("*.toml"))
    return [_Glossary.of(read_toml(f"{file}", file.name)) for file in files]


def in_english(text: str) -> str:
    """A message with the words that are known of its language in English; English as it is.

    >>> in_english("kostenlose Konzerte am Freitag")
    'free concerts on friday'
    """
    words = [_ELIDED.sub("", each.lower().replace("’", "'")) for each in _WORD.findall(text[:500])]
    folded = [_key(word) for word in words]
    known, best = max(((each.known_of(words, folded), each) for each in _glossaries()), key=itemgetter(0))
    is_name = best.keep is not None and best.keep.search(text.lower()) is not None
    return best.put(text) if known and not is_name else text
