"""Replies to greetings, thanks and questions about the assistant itself, without events.

Whether a message is small talk is decided in `rag.service.small_talk_kind`, by the rule that
also keeps such a message from being searched for; here stand only the words of the replies,
apart from the answers about events.
"""

from __future__ import annotations

from core.text import fold_name
from rag.service import small_talk_kind
from rag.types import Constraints

_HOW = (
    "Tell me what you would like to do, where and when, for example "
    "“free concerts near Asheville, NC this weekend”."
)
_REPLIES = {
    "about": (
        "I find real events from public calendars, and write down what I found: days, places, "
        f"distances and prices as far as they are known. {_HOW}"
    ),
    "thanks": "You are welcome! Ask me any time for more events.",
    "farewell": "Goodbye, and have a good time!",
    "greeting": f"Hello! {_HOW}",
    "praise": "Good. Ask me any time for more events, or for others.",
}


def small_talk_answer(message: str, constraints: Constraints) -> str:
    """The reply to a message that asks for no events, or "" for all others."""
    wished = {name for name, source in constraints.sources.items() if source == "message"}
    if wished - {"query"}:
        return ""
    kind = small_talk_kind(message)
    if kind is not None:
        return _REPLIES[kind]
    return "" if fold_name(message) else _HOW
