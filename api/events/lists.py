"""Reads lists of events: one page, or a whole list in batches without an open query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.events.filters import ListRequest
from api.http.cursors import Cursor
from core.grid import distance_miles
from events.exports.representation import EventOut
from events.models import Event
from rag.service import Key, count_listed, list_rows, match_events
from rag.types import Centre

BATCH = 500


@dataclass(frozen=True, slots=True)
class ListPage:
    """The ids of one page, how many there are in all, and where the next one begins."""

    ids: Sequence[int]
    total: int
    next_page: Cursor | None


def read_page(request: ListRequest, *, limit: int, offset: int, cursor: Cursor | None) -> ListPage:
    """A page from a cursor, else from an offset.

    Raises:
        RetrievalError: the events could not be searched.
    """
    if request.constraints is not None:
        return _page_of_matches(request, limit, offset, cursor)
    after = cursor.key if cursor else None
    rows = list_rows(request.listing, limit=limit + 1, offset=offset, after=after)
    total = cursor.total if cursor else count_listed(request.listing)
    next_page = None
    if len(rows) > limit:
        key = rows[limit - 1].key
        next_page = Cursor(request.sort, total, request.listing.wanted.date_from, key=key)
    return ListPage([row.event_id for row in rows[:limit]], total, next_page)


def _page_of_matches(
    request: ListRequest, limit: int, offset: int, cursor: Cursor | None
) -> ListPage:
    ids = cursor.ids if cursor else matching_ids(request)
    total = cursor.total if cursor else len(ids)
    rest = ids[offset:]
    next_page = None
    if len(rest) > limit:
        since = request.listing.wanted.date_from
        next_page = Cursor(request.sort, total, since, ids=tuple(rest[limit:]))
    return ListPage(rest[:limit], total, next_page)


def matching_ids(request: ListRequest) -> Sequence[int]:
    """What fits the words, in the order asked for.

    Raises:
        RetrievalError: the events could not be searched.
    """
    assert request.constraints is not None, "there are words to match"
    found = match_events(request.constraints, request.listing.wanted, now=request.now)
    ids = [one.event_id for one in found]
    if request.sort == "start":
        return [
            one.event_id for one in sorted(found, key=lambda one: (one.starts_at, one.event_id))
        ]
    if request.sort == "distance" and request.centre is not None:
        centre = request.centre
        miles = {event.pk: miles_to(event, centre) for event in load_events(ids)}
        far = float("inf")
        return sorted(miles, key=lambda pk: (far if (m := miles[pk]) is None else m, pk))
    return ids


def all_ids(request: ListRequest) -> Iterator[Sequence[int]]:
    """The ids of a whole list in batches; no query is open between two of them.

    Raises:
        RetrievalError: the events could not be searched.
    """
    if request.constraints is not None:
        ids = matching_ids(request)
        yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        return
    after: Key | None = None
    while rows := list_rows(request.listing, limit=BATCH, after=after):
        yield [row.event_id for row in rows]
        after = rows[-1].key


def load_events(ids: Sequence[int]) -> list[Event]:
    """Events with their venues, in the order of the ids; those that are gone are left out."""
    known = Event.objects.select_related("venue").with_sources().in_bulk(list(ids))
    return [known[pk] for pk in dict.fromkeys(ids) if pk in known]


def shown(events: Sequence[Event], centre: Centre | None) -> list[EventOut]:
    """The events as clients see them, with distances when there is a point."""
    return [EventOut.of(each, distance_miles=miles_to(each, centre)) for each in events]


def miles_to(event: Event, centre: Centre | None) -> float | None:
    """How far an event takes place from a point; None for one without a point of its own."""
    venue = event.venue
    is_online = event.event_attendance_mode == Event.AttendanceMode.ONLINE
    if centre is None or venue is None or is_online:
        return None
    if venue.latitude is None or venue.longitude is None:
        return None
    return round(distance_miles(centre.lat, centre.lng, venue.latitude, venue.longitude), 3)
