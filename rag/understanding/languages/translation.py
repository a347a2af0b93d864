"""What a message in another language says, in the English words that the grammar reads.

Known phrases are replaced, the longest first; what is unknown stays as it was typed: names,
titles and topics. So the one grammar reads every language that has a file of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from rag.understanding.languages.vocabulary import (
    END,
    GAP,
    NUMBER,
    Choice,
    Item,
    Language,
    Phrase,
    fold_letters,
    tokens_of,
)

_SLOT = re.compile(r"<(\w+)>|…")
_QUOTED = re.compile(r"\"[^\"]{2,80}\"|«[^»]{2,80}»|„[^“”\"]{2,80}[“”\"]|“[^”]{2,80}”")
# A little word in capitals amid a sentence and the name that it begins: "en La Habra".
_CAPITALS = re.compile(r"(?<=[^\W\d_] )([^\W\d_a-z][^\W\d_]{1,2}) [^\W\d_a-z][^\W\d_]+")
_SENTENCE_ENDS = re.compile(r"[.?!;\n]")
# Between the words of one phrase stands no more than this.
_PARTING = re.compile(r"[ '’.:/-]{0,3}")
_MOST_IN_GAP = 8
_IN_NUMBERS = tuple(".,:/-")
_LONGEST_CODE = 3
_LONGEST_SPOKEN = 3
_SHORTEST_PART = 3
_SPACES = re.compile(r"\s+")
_BEFORE_SIGN = re.compile(r" (?=[?!.,;])|[¿¡]")


@dataclass(frozen=True, slots=True)
class Translated:
    """A text in English words, and the share of its letters that was known, 0 to 1."""

    text: str
    known: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words of the message: as they are in English, or as typed when `known` is false."""

    start: int
    end: int
    text: str
    known: bool


# The slots of a phrase with the tokens that fill them: name, first, end.
_Slot = tuple[str, int, int]
_Slots = tuple[_Slot, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    phrase: Phrase
    end: int
    slots: _Slots = ()


@dataclass(frozen=True)
class _Message:
    text: str
    language: Language

    @cached_property
    def folded(self) -> str:
        return fold_letters(self.text)

    @cached_property
    def tokens(self) -> Sequence[re.Match[str]]:
        """The words and numbers that are no part of a quotation or a name."""
        names = [found.span() for found in _QUOTED.finditer(self.text)]
        if self.language.names is not None:
            names += [found.span() for found in self.language.names.finditer(self.folded)]
        names += [
            found.span()
            for found in _CAPITALS.finditer(self.text)
            if fold_letters(found[1]) in self.language.kept
        ]
        tokens = tokens_of(self.folded)
        if not names:
            return tokens
        return [t for t in tokens if not any(a <= t.start() < b for a, b in names)]

    def pieces(self, first: int, last: int) -> Iterator[_Piece]:
        """The tokens from `first` up to `last` in English."""
        at = first
        while at < last:
            match = self._longest(at, last)
            if match is None:
                yield self._alone(at)
                at += 1
                continue
            start, end = self.tokens[at].start(), self.tokens[match.end - 1].end()
            is_one = match.end == at + 1
            accented = self.language.accented.get(self.text[start:end].lower()) if is_one else None
            yield _Piece(start, end, accented or self._filled(match), not match.phrase.is_place)
            at = match.end

    def _longest(self, at: int, last: int) -> _Match | None:
        word = self.tokens[at].group()
        if self._is_code(at):
            return None
        first = NUMBER if word.isdigit() else word
        following = self.tokens[at + 1].group() if at + 1 < last else ""
        best: _Match | None = None
        for phrase in self.language.by_first.get(first, ()):
            if best is not None and phrase.weight <= best.phrase.weight:
                break
            if phrase.second not in ("", following):
                continue  # most of a common word's phrases end here
            best = self._rest(phrase, 0, at, last, ()) or best
        return best

    def _is_code(self, at: int) -> bool:
        """Whether a short word in capitals stands among small letters: "Cambridge, MA"."""
        typed = self.text[self.tokens[at].start() : self.tokens[at].end()]
        is_short = 1 < len(typed) <= _LONGEST_CODE and typed.isupper()
        return is_short and not self.text.isupper()

    def _rest(
        self,
        phrase: Phrase,
        item_at: int,
        at: int,
        last: int,
        slots: tuple[tuple[str, int, int], ...],
    ) -> _Match | None:
        """The match of the items from `item_at`, at the token `at`."""
        if item_at == len(phrase.items):
            return _Match(phrase, at, slots)
        item = phrase.items[item_at]
        if item == GAP:
            return self._after_gap(phrase, item_at, at, last, slots)
        if item == END:
            is_end = at == len(self.tokens) or _SENTENCE_ENDS.search(self._between(at - 1, at))
            return self._rest(phrase, item_at + 1, at, last, slots) if is_end else None
        if at >= last or not _fits(item, self.tokens[at].group()):
            return None
        if item == NUMBER and self._is_in_number(phrase.items, item_at, at):
            return None
        follows = item_at > 0 and phrase.items[item_at - 1] != GAP
        if follows and not _PARTING.fullmatch(self._between(at - 1, at)):
            return None
        name = item.name if isinstance(item, Choice) else "number" if item == NUMBER else ""
        more = (*slots, (name, at, at + 1)) if name else slots
        return self._rest(phrase, item_at + 1, at + 1, last, more)

    def _after_gap(
        self, phrase: Phrase, item_at: int, at: int, last: int, slots: _Slots
    ) -> _Match | None:
        """The match whose gap takes as few words as possible, within one sentence."""
        is_last = item_at + 1 == len(phrase.items)
        lengths = [last - at] if is_last else range(1, min(_MOST_IN_GAP, last - at) + 1)
        for length in lengths:
            if length < 1 or self._has_end(at, at + length):
                return None
            more = (*slots, (GAP, at, at + length))
            found = self._rest(phrase, item_at + 1, at + length, last, more)
            if found is not None:
                return found
        return None

    def _is_in_number(self, items: Sequence[Item], item_at: int, at: int) -> bool:
        """Whether a number is only a part of a written one ("5.12.", "12,50")."""
        before = at > 0 and items[max(item_at - 1, 0)] != NUMBER
        after = at + 1 < len(self.tokens) and items[item_at + 1 : item_at + 2] != (NUMBER,)
        return (before and self._runs_on(at - 1)) or (after and self._runs_on(at))

    def _runs_on(self, at: int) -> bool:
        """Whether two numbers stand side by side with one sign between them."""
        first, second = self.tokens[at].group(), self.tokens[at + 1].group()
        sign = self._between(at, at + 1)
        return first.isdigit() and second.isdigit() and sign in _IN_NUMBERS

    def _between(self, first: int, second: int) -> str:
        return self.text[self.tokens[first].end() : self.tokens[second].start()]

    def _has_end(self, first: int, last: int) -> bool:
        inside = self.text[self.tokens[first].start() : self.tokens[last - 1].end()]
        return _SENTENCE_ENDS.search(inside) is not None

    def _filled(self, match: _Match) -> str:
        """The English phrase with its slots: each takes the next of its name."""
        waiting = list(match.slots)

        def fill(found: re.Match[str]) -> str:
            name = found[1] or GAP
            slot = next(each for each in waiting if each[0] == name)
            waiting.remove(slot)
            return self._slot(match.phrase, slot)

        return _SLOT.sub(fill, match.phrase.english)

    def _slot(self, phrase: Phrase, slot: _Slot) -> str:
        name, first, last = slot
        if name == GAP:
            return self.joined(list(self.pieces(first, last)))
        word = self.tokens[first].group()
        choices = (item for item in phrase.items if isinstance(item, Choice) and item.name == name)
        return next((item.english[word] for item in choices if word in item.english), word)

    def _alone(self, at: int) -> _Piece:
        """A word that begins no phrase: two known words in one, or unknown."""
        token = self.tokens[at]
        parts = self._parted(token.group()) if self.language.joins else None
        typed = self.text[token.start() : token.end()]
        return _Piece(token.start(), token.end(), parts or typed, parts is not None)

    def _parted(self, word: str) -> str | None:
        """Two words written as one ("Theaterstück"): the longest first part that is known."""
        single = self.language.single
        for at in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            rest = single.get(word[at:])
            if not rest:
                continue
            for join in ("", *self.language.joins):
                head = single.get(word[:at].removesuffix(join) if join else word[:at])
                if head and (not join or word[:at].endswith(join)):
                    return f"{head} {rest}"
        return None

    def joined(self, pieces: Sequence[_Piece]) -> str:
        """The pieces with what stands between them; names keep their little words."""
        if not pieces:
            return ""
        pieces = [self._as_named(pieces, at) for at in range(len(pieces))]
        text = pieces[0].text
        for before, piece in pairwise(pieces):
            between = self.text[before.end : piece.start]
            if (before.known or piece.known) and (not between or between in "'’-"):
                between = " "
            text += between + piece.text
        return text

    def _as_named(self, pieces: Sequence[_Piece], at: int) -> _Piece:
        """A little word between two unknown ones is part of a name: "Banda el Recodo"."""
        piece = pieces[at]
        if self.folded[piece.start : piece.end] not in self.language.kept:
            return piece
        if not 0 < at < len(pieces) - 1 or pieces[at - 1].known or pieces[at + 1].known:
            return piece
        before = self.text[pieces[at - 1].end : piece.start]
        after = self.text[piece.end : pieces[at + 1].start]
        if before.strip(" '’") or after.strip(" '’"):
            return piece
        return replace(piece, text=self.text[piece.start : piece.end])


def _fits(item: Item, word: str) -> bool:
    if isinstance(item, Choice):
        return word in item.english
    return word.isdigit() if item == NUMBER else word == item


@lru_cache(maxsize=64)
def translated(text: str, language: Language) -> Translated:
    """A message with all that is known of it in English, unknown words as they were typed."""
    message = _Message(text, language)
    pieces = list(message.pieces(0, len(message.tokens)))
    if not pieces:
        return Translated(text, 0.0)
    whole = text[: pieces[0].start] + message.joined(pieces) + text[pieces[-1].end :]
    letters = [(piece.end - piece.start, piece.known) for piece in pieces]
    known = sum(length for length, is_known in letters if is_known)
    return Translated(
        _BEFORE_SIGN.sub("", _SPACES.sub(" ", whole)).strip(" ,"),
        known / sum(length for length, _ in letters),
    )


def spoken(english: str, language: Language) -> str:
    """English words in the language, the longest phrases first; unknown words as they are."""
    words = english.split()
    said: list[str] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _LONGEST_SPOKEN), at, -1):
            phrase = language.spoken.get(" ".join(words[at:end]).lower())
            if phrase is not None:
                said.append(phrase)
                at = end
                break
        else:
            said.append(words[at])
            at += 1
    return " ".join(said)
