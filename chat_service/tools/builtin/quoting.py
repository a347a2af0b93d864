"""Which sentence of a description answers a question. Pure, but for the embedder it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.text import fold_name

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
# The least cosine between a question and the sentence that answers it: of the pairs in
# tests/chat_service/tools/test_quoting.py no sentence beside the point comes near it.
LIKELY = 0.35
_MOST_SENTENCES = 60
_LONGEST = 400
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Rev|Jr|Sr|No|Inc|vs|[A-Z]|[ap]\.?m)\.$")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)* ?")
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“(]?[A-Z0-9])|\n+|\s*[•·▪]\s*")


def answering_sentence(description: str, question: str, embed: Embed) -> str | None:
    """The sentence nearest in meaning to the question, word for word; None when none is near."""
    sentences = sentences_of(description)[:_MOST_SENTENCES]
    if not sentences or not question.strip():
        return None
    vectors = embed([question, *sentences])
    likeness = vectors[1:] @ vectors[0]
    best = int(np.argmax(likeness))
    return sentences[best] if float(likeness[best]) >= LIKELY else None


def without_title(question: str, title: str) -> str:
    """A question without the words of the event's title, to which much of its description is near.

    >>> without_title("is there parking at the farmers market?", "Farmers Market: goat cheese")
    'is there parking at the ?'
    """
    named = {word for word in fold_name(title).split() if len(word) > 2}
    return _WORD.sub(lambda word: "" if fold_name(word[0]) in named else word[0], question).strip()


def sentences_of(text: str) -> list[str]:
    """The sentences, lines and list items of a text, each in one line."""
    sentences: list[str] = []
    for part in _END.split(text):
        piece = " ".join(part.split())
        if not piece:
            continue
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return [each[:_LONGEST] for each in sentences]
