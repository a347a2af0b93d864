"""Reads the events that a conversation has shown, which its next words may refer to.

One prepared statement before the first token; as models they took several times as long.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.prepared import fetch
from rag.types import ShownEvent

MOST_SHOWN = 200
# The list whose places are the printed numbers comes with the first event of each answer alone.
_SHOWN = f"""
    WITH latest AS (
        SELECT r.message_id, r.event_id, r.position, r.distance_miles,
               row_number() OVER (PARTITION BY r.message_id ORDER BY r.position) AS place,
               m.metadata
          FROM events_chatmessage AS m
          JOIN events_referencedevent AS r ON r.message_id = m.id
         WHERE m.session_id = %(session)s::bigint AND m.is_current
         ORDER BY r.message_id DESC, r.position
         LIMIT {MOST_SHOWN}
    )
    SELECT l.message_id, CASE WHEN l.place = 1 THEN l.metadata -> 'all_event_ids' END,
           e.id, e.title, e.min_price, l.place, e.start_time, e.end_time, e.timezone,
           coalesce(v.name, ''), coalesce(v.city, ''), e.metadata_tags, l.distance_miles,
            e.currency, coalesce(l.metadata #>> '{{acts,0,kind}}' = 'find', false),
           EXISTS (SELECT 1 FROM events_eventsearchrow AS later
                    WHERE later.group_key = own.group_key AND later.starts_at > own.starts_at)
      FROM latest AS l
      JOIN events_event AS e ON e.id = l.event_id
      LEFT JOIN events_venue AS v ON v.id = e.venue_id
      LEFT JOIN events_eventsearchrow AS own ON own.event_id = e.id
     ORDER BY l.message_id DESC, l.position
"""  # noqa: S608 - a constant only


def events_shown_in(session_id: int) -> Sequence[ShownEvent]:
    """What the current branch of a conversation has shown: the latest answer's first.

    An event that several answers showed comes once for each of them. Within an answer the
    order is that of its citations.
    """
    shown: list[ShownEvent] = []
    numbers: dict[int, int] = {}
    answer, answers = 0, -1
    for message_id, listed, event_id, *event in fetch(_SHOWN, {"session": session_id}):
        if message_id != answer:
            answer, answers = message_id, answers + 1
            found = listed if isinstance(listed, list) else []
            numbers = {each: number for number, each in enumerate(found, start=1)}
        title, price, place, start, end, zone, venue, city, tags, miles, *rest = event
        currency, is_found, recurs = rest
        shown.append(
            ShownEvent(
                event_id=event_id,
                title=title,
                number=int(numbers.get(event_id, 0)) or place,
                min_price=None if price is None else float(price),
                answers_ago=answers,
                start_time=start,
                end_time=end,
                timezone=zone,
                venue=venue,
                city=city,
                tags=tuple(tags or ()),
                distance_miles=miles,
                is_found=is_found,
                currency=currency,
                recurs=recurs,
            )
        )
    return shown
