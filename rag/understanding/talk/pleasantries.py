"""Words that ask for no events: greetings, thanks, praise, and those that drop what is in force."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal

from core.text import fold_name
from rag.types import Constraints
from rag.understanding.dates.clock import is_before
from rag.understanding.text import Span
from rag.understanding.word_lists import read_patterns

SmallTalk = Literal["about", "thanks", "farewell", "greeting", "praise"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREETING = _words("hi hello hey hiya howdy greetings")
AROUND_GREETING = _words("good morning afternoon evening day there all")
THANKS = _words("thanks thank thx cheers")
POLITE = _words(
    "you so much very a lot many again ok okay great perfect nice cool for your the help is that "
    "everything"
)
FAREWELL = _words("bye goodbye")
ABOUT = frozenset(
    {
        "help",
        "what can you do",
        "what do you do",
        "who are you",
        "what are you",
        "how does this work",
        "how do you work",
    }
)
# Said of what was shown, without asking for more.
PRAISE = _words(
    "ok okay great perfect nice cool awesome wonderful lovely fine super excellent fantastic "
    "amazing wow interesting alright understood sure yes yep yeah no nope good works"
)
AROUND_PRAISE = _words(
    "got it sounds looks that thats is s very really so all right i see im for me now need them"
)


def small_talk_kind(message: str) -> SmallTalk | None:
    """What a message does that asks for no events; None for all others, also an empty one."""
    folded = fold_name(message)
    words = frozenset(folded.split())
    if folded in ABOUT:
        return "about"
    praise = PRAISE | AROUND_PRAISE
    courtesy = THANKS | FAREWELL | POLITE | GREETING | AROUND_GREETING | praise
    if words & FAREWELL and words <= courtesy:
        return "farewell"
    if words & THANKS and words <= courtesy:
        return "thanks"
    greets = words & GREETING or folded.startswith("good ")
    if greets and words <= GREETING | AROUND_GREETING:
        return "greeting"
    if words & PRAISE and words <= praise:
        return "praise"
    return None


def is_small_talk(message: str) -> bool:
    """Whether a message greets, thanks, praises or asks about the assistant, and no more."""
    return small_talk_kind(message) is not None


_PATTERNS = read_patterns(__file__, "standing.toml")

_START_OVER = re.compile(_PATTERNS["start_over"])
_ANY_DAY = re.compile(_PATTERNS["any_day"])


def starts_over(low: str) -> bool:
    """Whether the words drop everything said before."""
    return _START_OVER.search(low) is not None


def drops_dates(low: str) -> Span | None:
    """Where the words say that the date does not matter."""
    found = _ANY_DAY.search(low)
    return Span(*found.span()) if found else None


def still_standing(standing: Constraints | None, now: datetime) -> Constraints | None:
    """The earlier constraints, without dates that have gone by."""
    if standing is None:
        return None
    if standing.date_to is not None and not is_before(now, standing.date_to):
        return replace(standing, date_from=None, date_to=None)
    if standing.date_from is not None and is_before(standing.date_from, now):
        return replace(standing, date_from=now)
    return standing
