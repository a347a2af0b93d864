"""What a question asks of an event ("where", "how much"), and which of its words ask it.

The patterns stand in `questions.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.text import fold_name
from rag.understanding.text import Span, without
from rag.understanding.word_lists import read_toml

QUESTIONS = read_toml(__file__, "questions.toml")


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern that finds what any of them finds."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ASKED = {about: any_of(patterns) for about, patterns in QUESTIONS["asked"].items()}
_LEFT_OVER = frozenset(QUESTIONS["names_event"]["left_over"].split())


def asked(low: str) -> tuple[str | None, tuple[Span, ...]]:
    """What is asked of an event, and the words that ask it."""
    for about, pattern in _ASKED.items():
        if found := pattern.search(low):
            return about, frame_of(found)
    return None, ()


def frame_of(found: re.Match[str]) -> tuple[Span, ...]:
    """The words of a match but for its groups, which hold what the words are about."""
    frame, start = [], found.start()
    for group in range(1, found.re.groups + 1):
        if found[group]:
            frame.append(Span(start, found.start(group)))
            start = found.end(group)
    return (*frame, Span(start, found.end()))


def subject_words(low: str, frame: Sequence[Span]) -> list[str]:
    """The words that are neither the question's nor everyday ones of questions."""
    return [word for word in fold_name(without(low, frame)).split() if word not in _LEFT_OVER]
