"""The events that a conversation showed last, which the next message may refer to."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import ChatSession, ReferencedEvent
from rag.types import ShownEvent


def shown_last(session: ChatSession) -> Sequence[ShownEvent]:
    """The events of the latest answer that referenced any, in citation order."""
    rows = list(
        ReferencedEvent.objects.of_latest_answer(session.pk).values_list(
            "event_id", "event__title", "event__min_price", "message__metadata"
        )
    )
    return [
        ShownEvent(
            event_id=event_id,
            title=title,
            number=_number(event_id, metadata, place),
            min_price=None if price is None else float(price),
        )
        for place, (event_id, title, price, metadata) in enumerate(rows, start=1)
    ]


def _number(event_id: int, metadata: dict[str, object], place: int) -> int:
    """The number under which the answer's text cites an event; its place when that is not known."""
    found = metadata.get("all_event_ids")
    if isinstance(found, list) and event_id in found:
        return found.index(event_id) + 1
    return place
