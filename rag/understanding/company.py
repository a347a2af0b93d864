"""Who comes along this turn: the audience and the age, which must not contradict each other."""

from __future__ import annotations

from rag.types import Constraints, SearchContext, Source
from rag.understanding.wishes.audiences import age_suits
from rag.understanding.words import Words


def company_of_turn(
    words: Words, context: SearchContext, before: Constraints | None
) -> tuple[tuple[str | None, Source], tuple[int | None, Source]]:
    """The audience and the age, each with who named it: the words, the context or the session.

    What the session remembers gives way to words that it does not suit: "for
    adults instead" drops the four-year-old of before.
    """
    audience: tuple[str | None, Source]
    age: tuple[int | None, Source]
    if words.audience.said:
        audience = words.audience.value, "message"
    else:
        audience = before.audience if before else None, "session"
    if words.age.said:
        age = words.age.value, "message"
    elif context.age_min is not None or context.age_max is not None:
        age = context.age_min if context.age_min is not None else context.age_max, "context"
    else:
        age = before.age if before else None, "session"
    if audience[0] and age[0] is not None and not age_suits(audience[0], age[0]):
        if age[1] == "session":
            age = None, "session"
        elif audience[1] == "session":
            audience = None, "session"
    return audience, age
