"""What a follow-up keeps of the turn before: its topic, and who comes along.

New words replace, narrow or drop what was in force: "what about Sunday?" keeps the
topic, "for adults instead" drops the four-year-old of before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.types import AgeRange, Constraints, SearchContext, Source
from rag.understanding.wishes.audiences import age_suits, without_audience
from rag.understanding.wishes.topic import BETWEEN_DETAILS, DETAILS, PARTS_OF_DAY
from rag.understanding.words import Words

# Words that narrow what was asked before instead of asking for something new.
_REFINES = re.compile(
    r"^(?:(?:ok(?:ay)?|yes|no|and|but|hm+|great|thanks|cool|nice|so|what about|how about|maybe|now"
    r"|also|show me|any|anything|something|ones|those|the ones|is there|are there|do you have)"
    r",? )*"
    r"(?:for|with|without|only|just|but|also|more|preferably|ideally|and|that (?:are|is|has|have)"
    r"|which (?:are|is|has|have)|suitable)\b"
)
# "Outdoor ones", "the quiet ones": some of those asked for before.
_ONES = re.compile(r"\bones\b[ ?!.]*(?:(?:instead|please|only|then)[ ?!.]*)?$")


@dataclass(frozen=True, slots=True)
class TurnTopic:
    """The words to search for.

    `is_earlier` says that they are those of the turn before, `stays` that the
    conversation is still about the same.
    """

    query: str
    is_earlier: bool
    stays: bool


def topic_of_turn(said: str, words: Words, before: Constraints | None) -> TurnTopic:
    """The topic to search for, from what the words name and what was searched for before.

    A follow-up that names no topic keeps the earlier one ("what about
    Sunday?"); one that narrows is added to it ("only for kids"), in the place
    of an earlier detail of its kind ("for adults instead").
    """
    if before is None:
        return TurnTopic(said, is_earlier=False, stays=False)
    earlier = _still_meant(before, words, said)
    if not said:
        return TurnTopic(earlier, is_earlier=bool(earlier), stays=True)
    if not _narrows(said, words):
        return TurnTopic(said, is_earlier=False, stays=_is_same(said, before.query))
    known = earlier.casefold().split()
    added = " ".join(word for word in said.split() if word.casefold() not in known)
    return TurnTopic(f"{earlier} {added}".strip(), is_earlier=not added, stays=True)


def _narrows(said: str, words: Words) -> bool:
    low = words.utterance.low
    if words.referred.more_like is not None or _REFINES.match(low) or _ONES.search(low):
        return True
    rest = said.lower().split()
    if words.audience.value is not None:
        rest = without_audience(said.lower(), words.audience.value).split()
    return all(word in DETAILS or word in BETWEEN_DETAILS for word in rest)


def _still_meant(before: Constraints, words: Words, said: str) -> str:
    """The earlier topic without the company and the part of the day that the words replace."""
    query = before.query
    named = words.audience
    is_replaced = named.said and named.value != before.audience
    is_dropped = words.age.said and words.age.value is None
    if before.audience and (is_replaced or is_dropped):
        query = without_audience(query, before.audience)
    if PARTS_OF_DAY & set(said.lower().split()):
        query = " ".join(word for word in query.split() if word.lower() not in PARTS_OF_DAY)
    return query


def _is_same(said: str, earlier: str) -> bool:
    """Whether the words only name the earlier topic again."""
    return set(said.casefold().split()) <= set(earlier.casefold().split())


def company_of_turn(
    words: Words, context: SearchContext, before: Constraints | None
) -> tuple[tuple[str | None, Source], tuple[AgeRange | None, Source]]:
    """The audience and the age, each with who named it: the words, the context or the session.

    What the session remembers gives way to words that it does not suit: "for
    adults instead" drops the four-year-old of before.
    """
    audience: tuple[str | None, Source]
    age: tuple[AgeRange | None, Source]
    if words.audience.said:
        audience = words.audience.value, "message"
    else:
        audience = before.audience if before else None, "session"
    if words.age.said:
        age = words.age.value, "message"
    elif context.age_min is not None or context.age_max is not None:
        age = AgeRange(context.age_min, context.age_max), "context"
    else:
        age = before.age if before else None, "session"
    if audience[0] and age[0] is not None and not age_suits(audience[0], age[0]):
        if age[1] == "session":
            age = None, "session"
        elif audience[1] == "session":
            audience = None, "session"
    return audience, age
