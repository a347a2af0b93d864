"""Text as it is compared: case, typography, spacing and Markdown do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

# What a keyboard lacks, as what it has.
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | dict.fromkeys("‐‑‒–—―−", "-")
)
_MARKS = str.maketrans(dict.fromkeys("*_`\\", "") | {"[": "(", "]": ")"})
_WORDS_TEXT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty"
)
_WORDS = _WORDS_TEXT.split()
# "one" and "zero" are too often something else than a number.
_FIRST_WORD = 2
_LEAST_SHARED_LETTERS = 5
# Words that many titles of a town's feed share.
_FEED_WORDS_TEXT = (
    "adult annual asheville center class community davis event evening family lancaster library"
    " lititz montclair music night online present presented presents public santa series special"
    " theater theatre weekly with world"
)
_FEED_WORDS = frozenset(_FEED_WORDS_TEXT.split())


def fold(text: str) -> str:
    """Compatibility form, plain quotes and dashes, single spaces, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).split()).casefold()


def fold_lines(text: str) -> list[str]:
    """Each line folded, without the marks of Markdown."""
    return [fold(line.translate(_MARKS)) for line in text.splitlines()]


def fold_title(title: str) -> str:
    """As `fold_lines` shows a title."""
    return fold(title.translate(_MARKS))


def says(folded: str, alternative: str) -> bool:
    """Whether folded text holds a phrase, or for "#15" that number, in digits or as a word.

    A phrase of letters stands at the beginning of a word: "rien" is not in "friend". Negations
    may hang on one: "cannot say", "doesn't say".
    """
    if not (alternative.startswith("#") and alternative[1:].replace(".", "").isdigit()):
        phrase = fold(alternative)
        is_free = not phrase[:1].isalpha() or phrase.startswith(("n't", "not "))
        return re.search(("" if is_free else r"\b") + re.escape(phrase), folded) is not None
    number = alternative[1:]
    token = rf"(?<![\d:.,/]){re.escape(number)}(?![\d:/]|[.,]\d)"
    if number.isdigit() and _FIRST_WORD <= int(number) < len(_WORDS):
        token += rf"|\b{_WORDS[int(number)]}\b"
    return re.search(token, folded) is not None


def says_one(folded: str, entry: str | Sequence[str]) -> bool:
    """Whether one of an entry's alternatives is said."""
    return any(says(folded, each) for each in ([entry] if isinstance(entry, str) else entry))


def shared_word(one: str, other: str) -> bool:
    """Whether two titles share a long word that is not one of every feed."""
    first, second = (
        {word for word in re.findall(r"\w+", fold(title)) if len(word) >= _LEAST_SHARED_LETTERS}
        for title in (one, other)
    )
    return bool((first & second) - _FEED_WORDS)


def counterpart(expected: str, answered: str) -> bool:
    """Whether one wish contains the other, singular and plural alike."""
    one, other = (
        " ".join(_singular(word) for word in re.findall(r"[\w&']+", fold(text)))
        for text in (expected, answered)
    )
    return bool(one and other) and (one in other or other in one)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word


def clock_forms(moment: datetime) -> list[str]:
    """The ways to say a time of day: "19:30", "7:30 pm", "7.30 Uhr"."""
    hour, minute = moment.hour, moment.minute
    twelve, half = (hour - 1) % 12 + 1, "pm" if hour >= 12 else "am"
    dotted = f"{half[0]}.m."
    forms = [f"{hour:02}:{minute:02}", f"{twelve}:{minute:02}", f"{hour}.{minute:02} uhr"]
    forms += [f"{hour}h{minute:02}", f"{hour} h {minute:02}"]
    if minute == 0:
        forms += [f"{twelve} {half}", f"{twelve}{half}", f"{twelve} {dotted}", f"{hour} uhr"]
        forms += [f"{hour}h", f"{hour} h", *(["noon"] if hour == 12 else [])]
        forms += ["midnight"] if hour == 0 else []
    return forms
