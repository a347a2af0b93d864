"""What the page of an event says in words. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from events.exports import Exported
from events.models import Event


def when_text(exported: Exported) -> str:
    """The time in the event's own zone: "Saturday, November 21, 2026, 7:00 – 9:00 PM EST"."""
    if exported.event.all_day:
        last = exported.day_after - timedelta(days=1)
        if last == exported.first_day:
            return f"{_day(exported.first_day)}, all day"
        return f"{_day(exported.first_day)} – {_day(last)}"
    start, end = exported.start, exported.end
    if end is None or end.timestamp() <= start.timestamp():
        return f"{_day(start)}, {_clock(start)} {start:%Z}"
    if start.date() == end.date() or (end - start <= timedelta(hours=12) and end.hour < 6):
        is_same_half = f"{start:%p%Z}" == f"{end:%p%Z}" and start.date() == end.date()
        begins = _clock(start).removesuffix(f" {start:%p}") if is_same_half else _clock(start)
        return f"{_day(start)}, {begins} – {_clock(end)} {end:%Z}"
    return f"{_day(start)}, {_clock(start)} {start:%Z} – {_day(end)}, {_clock(end)} {end:%Z}"


def notices(exported: Exported, *, now: datetime) -> list[str]:
    """What a reader must know before anything else."""
    event = exported.event
    told = []
    if event.event_status == Event.Status.CANCELLED:
        told.append("This event is cancelled.")
    if event.event_status == Event.Status.POSTPONED:
        told.append("This event is postponed. The time below may not hold.")
    if exported.is_withdrawn:
        told.append("The calendar it came from no longer lists this event. Ask before you go.")
    if (event.end_time or event.start_time) < now:
        told.append("This event is over.")
    return told


def price_text(event: Event) -> str:
    """The price as it was written, else as it is known."""
    if event.price:
        return event.price
    if event.min_price is None:
        return ""
    if event.min_price == 0:
        return "Free"
    # The currency is not known.
    return f"from {event.min_price:.2f}".removesuffix(".00")


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}, {day.year}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"
