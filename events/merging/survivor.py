"""Chooses the event of a group that is shown, and fills its blanks from its copies.

What is taken over stands in the event's own columns, so that search, lists and
exports need to know nothing of copies. `Event.filled` holds each such column's
own value: putting these back restores the event exactly, and a new import of
the event, which writes all columns anew, empties it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from events.merging.candidates import facts_of_event
from events.models import Event, Source
from events.models.event_fields import EVENT_FIELDS, EVIDENCE_LIMIT, Merge

Trust = Callable[[str], int]

# Fields that belong together are taken over together, and only where all of them are blank.
_BLANKS = [field for field in EVENT_FIELDS if field.merge is Merge.BLANK]
_TOGETHER = [
    [field.name for field in _BLANKS if field.group == group]
    for group in dict.fromkeys(field.group for field in _BLANKS)
]
_TAGS = [field.name for field in EVENT_FIELDS if field.merge is Merge.UNION]
FILLABLE = tuple(field.name for field in EVENT_FIELDS if field.merge is not Merge.OWN)
_STATUS_RANK = {"scheduled": 0, "postponed": 1, "cancelled": 2}
_DESCRIPTION_STEP = 200
_MOST_STEPS = 5


def restore(event: Event) -> None:
    """Puts the event's own values back where it had taken over others."""
    for name, own in event.filled.items():
        setattr(event, name, own)
    event.filled = {}


def rank_group(events: Sequence[Event], trust: Trust) -> list[Event]:
    """Ranks a group: the event that is shown, then its copies, the better ones first.

    Still in its feed; with an hour; from the more trusted source; fuller; older.
    Each event must hold its own values (see `restore`).
    """
    return sorted(events, key=lambda event: _rank(event, trust))


def _rank(event: Event, trust: Trust) -> tuple[bool, bool, int, int, int]:
    return (
        event.withdrawn_at is not None,
        not facts_of_event(event).has_hour,  # whom to trust is no use without knowing when
        -trust(event.source),
        -_fullness(event),
        event.pk,
    )


def _fullness(event: Event) -> int:
    venue = event.venue
    known = (
        not event.all_day,
        event.end_time is not None,
        bool(event.url),
        bool(event.room_name),
        event.min_price is not None or bool(event.price),
        event.age_min is not None or event.age_max is not None,
        venue is not None and venue.name != venue.city,
        venue is not None and venue.precision == "venue",
        bool(event.organizer),
    )
    return 2 * sum(known) + min(len(event.description) // _DESCRIPTION_STEP, _MOST_STEPS)


def fill(kept: Event, copies: Sequence[Event], trust: Trust) -> dict[int, dict[str, Any]]:
    """Takes over into `kept` what only its copies know; returns by copy what it gave.

    Only what a copy itself says is taken, never what it took over; a copy that
    left its feed gives nothing. One cancellation among sources as trusted as
    the shown one cancels it, since the other calendars may not know yet.
    """
    gave: dict[int, dict[str, Any]] = {}
    evidence = dict(kept.evidence)
    for copy in copies:
        if copy.withdrawn_at is not None:
            continue
        given = _take_blanks(kept, copy) | _take_tags(kept, copy)
        if kept.end_time is None and copy.end_time and copy.start_time == kept.start_time:
            given["end_time"] = copy.end_time
        ranks = _STATUS_RANK
        if ranks[copy.event_status] > ranks[kept.event_status] and (
            trust(copy.source) >= trust(kept.source)
        ):
            given["event_status"] = copy.event_status
        for name, value in given.items():
            _set(kept, name, value)
        for name in given.keys() & copy.evidence.keys():
            texts = [text for text in (evidence.get(name), copy.evidence[name]) if text]
            evidence[name] = "; ".join(texts)[:EVIDENCE_LIMIT]
        if given:
            gave[copy.pk] = {name: plain(value) for name, value in given.items()}
    if evidence != kept.evidence:
        _set(kept, "evidence", evidence)
    return gave


def _take_blanks(kept: Event, copy: Event) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for names in _TOGETHER:
        if all(_is_blank(getattr(kept, name)) for name in names):
            given |= {
                name: getattr(copy, name) for name in names if not _is_blank(getattr(copy, name))
            }
    return given


def _take_tags(kept: Event, copy: Event) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in _TAGS:
        own = getattr(kept, name)
        if more := [tag for tag in getattr(copy, name) if tag not in own]:
            given[name] = [*own, *more]
    return given


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


def _set(event: Event, name: str, value: Any) -> None:
    event.filled.setdefault(name, plain(getattr(event, name)))
    setattr(event, name, value)


def plain(value: Any) -> Any:
    """The value as JSON holds it: times and decimals as text."""
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return value.isoformat() if isinstance(value, datetime) else DjangoJSONEncoder().default(value)


def trust_of_sources() -> Trust:
    """The trust of each source, 0 to 100; what is no feed is trusted like a new one."""
    known: dict[str, int] = dict(Source.objects.values_list("name", "trust"))
    usual: int = Source._meta.get_field("trust").get_default()
    return lambda source: known.get(source, usual)
