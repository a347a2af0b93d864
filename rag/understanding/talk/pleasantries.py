"""Greetings, thanks and the like: words of politeness that ask for nothing."""

from __future__ import annotations

from typing import Literal

from core.text import fold_name

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
