"""Greetings, thanks and questions about the assistant itself: answered without events."""

from __future__ import annotations

from core.text import fold_name
from rag.service import pleasantries as said
from rag.types import Constraints

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
    if folded in said.ABOUT:
        return (
            "I find real events from public calendars, and write down what I found: days, places, "
            f"distances and prices as far as they are known. {_HOW}"
        )
    if not words:
        return _HOW
    polite = said.POLITE | said.GREETING | said.AROUND_GREETING
    if words & said.THANKS and words <= said.THANKS | polite | said.PRAISE | said.AROUND_PRAISE:
        return "You are welcome! Ask me any time for more events."
    if words & said.FAREWELL and words <= said.FAREWELL | said.THANKS | polite:
        return "Goodbye, and have a good time!"
    greets = words & said.GREETING or folded.startswith("good ")
    if greets and words <= said.GREETING | said.AROUND_GREETING:
        return f"Hello! {_HOW}"
    if words & said.PRAISE and words <= said.PRAISE | said.AROUND_PRAISE:
        return "Good. Ask me any time for more events, or for others."
    return ""
