"""Which sentence of a description answers a question. Pure, but for the embedder it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat_service.tools.builtin.questions import Kind, Says, kind_of_question, stems_of
from core.text import fold_name

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
# The least cosine between a question of no known kind and the sentence that answers it: of the
# pairs in tests/chat_service/tools/test_quoting.py no sentence beside the point comes near it.
LIKELY = 0.35
_MOST_SENTENCES = 60
_LONGEST = 400
_ABBREVIATED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Rev|Jr|Sr|No|Inc|vs|[A-Z]|[ap]\.?m)\.$")
# A pictograph before words stands for a bullet; these are the most common of both.
_MARKS = " \t*-–—•·▪✅✔✓☑❌🎉🎟🕖🕗💲📍📅👉🔹"
_END = re.compile(
    r"(?<=[.!?])[\"”’)]*\s+(?=[\"“(]?[A-Z0-9])|\n+|\s*[•·▪]\s*|\s+(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a question asks for, and the sentence that answers it, word for word.

    `asks` is the name of a kind of question; `says` whether the sentence plainly says yes or no.
    """

    asks: str | None = None
    sentence: str | None = None
    says: Says | None = None


def quote_for(description: str, question: str, embed: Embed, title: str = "") -> Quote:
    """The sentence of a description that answers a question about an event.

    It is one that looks like an answer of the kind that is asked, or else shares a telling
    word with the question, beside those of the title. Of several, the one that shares most,
    then the nearest in meaning.
    """
    kind = kind_of_question(_beside(title, question)) or kind_of_question(question)
    sentences = sentences_of(description)[:_MOST_SENTENCES]
    telling = stems_of(question) - stems_of(title)
    if kind is not None:
        sentence = _best(_answers(kind, sentences, question), telling, question, embed)
        says = kind.says(sentence, question) if sentence else None
        return Quote(kind.name, sentence, says)
    sharing = [each for each in sentences if telling & stems_of(each)]
    return Quote(None, _best(sharing, telling, question, embed, least=LIKELY))


def _beside(title: str, question: str) -> str:
    """A question without the words that name the event: of the dog show, dogs may not be asked."""
    named = frozenset(fold_name(title).split())
    return " ".join(word for word in question.split() if fold_name(word) not in named)


def _answers(kind: Kind, sentences: Sequence[str], question: str) -> list[str]:
    """The sentences that look like an answer; those that say plainly yes or no before others."""
    met = [each for each in sentences if kind.answers.search(each)]
    return [each for each in met if kind.says(each, question)] or met


def _best(
    sentences: Sequence[str],
    telling: frozenset[str],
    question: str,
    embed: Embed,
    least: float | None = None,
) -> str | None:
    """The sentence that shares most with a question, then the nearest, if that is near enough."""
    shared = [len(telling & stems_of(each)) for each in sentences]
    most = max(shared, default=0)
    equal = [each for each, count in zip(sentences, shared, strict=True) if count == most]
    if not equal or (len(equal) == 1 and least is None):
        return equal[0] if equal else None
    vectors = embed([question, *equal])
    likeness = vectors[1:] @ vectors[0]
    best = int(np.argmax(likeness))
    return equal[best] if least is None or float(likeness[best]) >= least else None


def sentences_of(text: str) -> list[str]:
    """The sentences, lines and list items of a text, each in one line."""
    sentences: list[str] = []
    for part in _END.split(text):
        piece = " ".join(part.lstrip(_MARKS).split())
        if not piece:
            continue
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return [each[:_LONGEST] for each in sentences]
