"""Makes, finds and reads calendars of chosen events; their addresses are signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils import timezone

from core.errors import InvalidRequest
from events.models import Event, EventCalendar

MOST_CALENDARS = 200
MOST_EVENTS = 100
_TITLE_LENGTH = 300
_PATH = "/api/v1/calendars/"


def create_event_calendar(
    *, user_id: int, session_id: int | None, title: str, event_ids: Sequence[int]
) -> EventCalendar:
    """Keeps chosen events as a calendar for `settings.CALENDAR_DAYS`; expired ones make room.

    Raises:
        InvalidRequest: the user has `MOST_CALENDARS` already.
    """
    mine = EventCalendar.objects.owned_by(user_id)
    mine.filter(expires_at__lte=timezone.now()).delete()
    if mine.count() >= MOST_CALENDARS:
        raise InvalidRequest(f"You have {MOST_CALENDARS} calendars already. Delete one first.")
    return EventCalendar.objects.create(
        user_id=user_id,
        session_id=session_id,
        title=" ".join(title.split())[:_TITLE_LENGTH],
        event_ids=list(dict.fromkeys(event_ids))[:MOST_EVENTS],
        expires_at=timezone.now() + timedelta(days=settings.CALENDAR_DAYS),
    )


def delete_event_calendar(*, user_id: int, calendar_id: int) -> bool:
    """Revokes a user's calendar, and with it its address; False when there is none."""
    deleted, _ = EventCalendar.objects.owned_by(user_id).filter(pk=calendar_id).delete()
    return bool(deleted)


def calendar_address(calendar: EventCalendar, base_url: str) -> str:
    """Where it can be read: its key with a signature of this installation."""
    return f"{base_url}{_PATH}{_signer().sign(calendar.key.hex)}.ics"


def calendar_of_token(token: str) -> EventCalendar | None:
    """The calendar of an address; None when it is forged, revoked, expired, or its owner gone."""
    try:
        key = UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return EventCalendar.objects.readable().filter(key=key).first()


def events_of_calendar(calendar: EventCalendar) -> list[Event]:
    """Its events that are still known, venues loaded, in the order of time."""
    events = Event.objects.select_related("venue").filter(pk__in=calendar.event_ids)
    return list(events.order_by("start_time", "id"))


def _signer() -> Signer:
    return Signer(salt="events.calendar", sep=".")
