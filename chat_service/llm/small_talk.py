"""Greetings, thanks and questions about the assistant itself: answered without events."""

from __future__ import annotations

from events.text import fold_name
from rag.types import Constraints


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GREETING = _words("hi hello hey hiya howdy greetings")
_AROUND_GREETING = _words("good morning afternoon evening day there all")
_THANKS = _words("thanks thank thx cheers")
_POLITE = _words(
    "you so much very a lot many again ok okay great perfect nice cool for your the help is that "
    "everything"
)
_FAREWELL = _words("bye goodbye")
_ABOUT = frozenset(
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

_HOW = (
    "Tell me what you would like to do, where and when, for example "
    "“free concerts near Asheville, NC this weekend”."
)


def small_talk_answer(message: str, constraints: Constraints) -> str:
    """The reply to a message that asks for no events, or "" for all others."""
    wished = {name for name, source in constraints.sources.items() if source == "message"}
    if wished - {"query"}:
        return ""
    folded = fold_name(message)
    words = set(folded.split())
    if folded in _ABOUT:
        return (
            "I find real events from public calendars, and write down what I found: days, places, "
            f"distances and prices as far as they are known. {_HOW}"
        )
    if not words:
        return _HOW
    polite = _POLITE | _GREETING | _AROUND_GREETING
    if words & _THANKS and words <= _THANKS | polite:
        return "You are welcome! Ask me any time for more events."
    if words & _FAREWELL and words <= _FAREWELL | _THANKS | polite:
        return "Goodbye, and have a good time!"
    greets = words & _GREETING or folded.startswith("good ")
    if greets and words <= _GREETING | _AROUND_GREETING:
        return f"Hello! {_HOW}"
    return ""
