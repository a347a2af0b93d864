"""Who it is for: kids, toddlers, families, seniors …, as one plural tag."""

from __future__ import annotations

import re

from rag.types import AgeRange
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import read_toml

_PATTERNS = tuple(
    (tag, re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)"))
    for tag, patterns in read_toml(__file__, "audiences.toml").items()
)
_WITHOUT = re.compile(
    r"\b(?:no|without|(?:not|nothing|isn'?t|aren'?t)(?: aimed at| meant)?(?: for)?|away from|minus)"
    r" (?:the |my |our |any |young |little |small )?(?:kids?|child(?:ren)?|toddlers|babies|families"
    r"|family)(?! friendly|-friendly)\b"
)
_FORGET = re.compile(
    r"\b(?:forget|drop|ignore|remove|never ?mind)(?: about)?(?: the| my| our)? (?P<who>[a-z]+"
    r"(?: [a-z]+)?)"
)
_NOT_JUST = re.compile(r"\bnot (?:just|only|necessarily) (?:for )?(?:the )?(?P<who>[a-z]+)")
_LEFT_HANGING = frozenset({"for", "with", "and", "the", "my", "our", "only"})
_ANYONE = re.compile(r"\b(?:for )?(?:anyone|everyone|everybody)\b(?! (?:else|know|want))")


def without_audience(query: str, audience: str) -> str:
    """A topic without the words that name an audience, nor what joined them to it."""
    pattern = next(pattern for tag, pattern in _PATTERNS if tag == audience)
    words = pattern.sub(" ", query.lower()).split()
    kept = [word for word in query.split() if word.lower() in words]
    while kept and kept[-1].lower() in _LEFT_HANGING:
        kept.pop()
    return " ".join(kept)


def _dropped(low: str) -> Wish[str] | None:
    """ "Forget the seniors", "not just for kids": that audience is no longer wanted."""
    for pattern in (_FORGET, _NOT_JUST):
        found = pattern.search(low)
        if found and any(audience.match(found["who"]) for _, audience in _PATTERNS):
            return Wish(None, said=True, spans=(Span(*found.span()),))
    return None


def read_audience(low: str) -> Wish[str]:
    """The audience that lower-case text names; its words stay in the topic."""
    if dropped := _dropped(low):
        return dropped
    if _WITHOUT.search(low):
        return Wish("adults", said=True)
    for tag, pattern in _PATTERNS:
        if pattern.search(low):
            return Wish(tag, said=True)
    anyone = _ANYONE.search(low)
    return Wish(None, said=True, spans=(Span(*anyone.span()),)) if anyone else Wish()


# Whole years, both ends included.
AUDIENCE_AGES = {
    "babies": (0, 1),
    "toddlers": (1, 3),
    "kids": (3, 11),
    "tweens": (9, 12),
    "teens": (13, 17),
    "students": (16, 30),
    "adults": (18, 130),
    "seniors": (60, 130),
}


def age_suits(audience: str, age: AgeRange) -> bool:
    """Whether somebody of these ages may belong to an audience."""
    youngest, oldest = AUDIENCE_AGES.get(audience, (0, 130))
    return (age.min or 0) <= oldest and (age.max is None or age.max >= youngest)
