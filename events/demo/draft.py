"""Turns one chosen happening into a draft: its words, times, price and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from core.text import fold_name
from events.demo.kind import Kind
from events.demo.towns import Area, Town
from events.demo.venues import one_line
from events.ingestion.records import EventDraft, VenueDraft

Venues = Mapping[str, tuple[VenueDraft, Area]]
_HYBRID_SHARE = 0.4
_CANCELLED_SHARE = 0.02
_POSTPONED_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Happening:
    """What is on, where and on which local date.

    `constants` decides what stays the same over a series (venue, time, price,
    form of the title), `variations` what changes each time (theme, words).
    Both are used up by one call of `make_draft`.
    """

    external_id: str
    series_id: str
    town: Town
    day: date
    kind: Kind
    constants: Random
    variations: Random


def make_draft(happening: Happening, venues: Venues) -> EventDraft:
    """The draft of one happening at one of its town's venues, or online."""
    kind, town, constants = happening.kind, happening.town, happening.constants
    venue, area = venues[constants.choice(kind.sorts)] if kind.sorts else (None, None)
    start, end = _times(happening)
    price, min_price = _price(kind, town, constants)
    mode = _attendance_mode(kind, constants)
    age_min, age_max = kind.ages
    words = _words(happening, venue, area)
    title = constants.choice(kind.titles).format_map(words)
    room = constants.choice(kind.rooms)
    return EventDraft(
        external_id=happening.external_id,
        title=title,
        start_time=start,
        end_time=end,
        timezone=town.timezone,
        all_day=not kind.starts,
        description=_description(happening, mode, words),
        url=f"https://example.org/{_slug(town.name)}/{kind.key}/{happening.external_id}",
        room_name=room if venue else "",
        location=one_line(venue) if venue else "Online",
        venue=venue,
        event_attendance_mode=mode,
        event_status=_status(happening),
        price=price,
        min_price=min_price,
        age_range=_age_range(age_min, age_max),
        age_min=age_min,
        age_max=age_max,
        audience_tags=kind.audience,
        metadata_tags=kind.tags,
        organizer=kind.host.format_map(words),
        series_id=happening.series_id,
    )


def _words(happening: Happening, venue: VenueDraft | None, area: Area | None) -> dict[str, str]:
    """The values of the templates' fields."""
    town = happening.town.name
    places = {
        "town": town,
        "area": area.name if area else town,
        "venue": venue.name if venue else "home",
    }
    theme = happening.variations.choice(happening.kind.themes).format_map(places)
    return {**places, "theme": theme, "Theme": theme[0].upper() + theme[1:]}


def _description(happening: Happening, mode: str, words: Mapping[str, str]) -> str:
    kind, variations = happening.kind, happening.variations
    sentences = [variations.choice(kind.about), variations.choice(kind.details)]
    if mode == "mixed":
        sentences.append("Come in person or join online; the link is on the event's page.")
    if happening.series_id:
        sentences.append(f"Every {happening.day:%A}.")
    return " ".join(sentence.format_map(words) for sentence in sentences)


def _times(happening: Happening) -> tuple[datetime, datetime]:
    """Start and end in the town's zone; an all-day event runs between local midnights."""
    kind, zone = happening.kind, ZoneInfo(happening.town.timezone)
    if not kind.starts:
        first = datetime.combine(happening.day, time(), zone)
        last = datetime.combine(happening.day + timedelta(days=kind.days), time(), zone)
        return first, last
    clock = time.fromisoformat(happening.constants.choice(kind.starts))
    start = datetime.combine(happening.day, clock, zone)
    length = timedelta(minutes=happening.constants.choice(kind.minutes))
    # Added in UTC: wall time would be an hour off across a change of the clocks.
    return start, (start.astimezone(UTC) + length).astimezone(zone)


def _price(kind: Kind, town: Town, constants: Random) -> tuple[str, Decimal | None]:
    """The price as a text, and its lowest amount: 0 when free, None when nobody said."""
    fee = constants.choice(kind.fees)
    manner = constants.random()
    if manner < 0.04:
        return "", None
    if fee == 0:
        return ("Free", Decimal(0)) if manner < 0.8 else ("Free, donations welcome", Decimal(0))
    if manner < 0.7:
        return f"{town.currency}{fee}", Decimal(fee)
    return f"{town.currency}{fee}–{town.currency}{fee + max(3, fee // 2)}", Decimal(fee)


def _attendance_mode(kind: Kind, constants: Random) -> str:
    if not kind.sorts:
        return "online"
    return "mixed" if kind.hybrid and constants.random() < _HYBRID_SHARE else "offline"


def _status(happening: Happening) -> str:
    """Now and then a daytime event is called off; the evenings can be relied on."""
    fate = happening.variations.random()
    if happening.kind.slot != "day" or fate >= _POSTPONED_SHARE:
        return "scheduled"
    return "cancelled" if fate < _CANCELLED_SHARE else "postponed"


def _age_range(lowest: int | None, highest: int | None) -> str:
    if lowest is None:
        return "All ages"
    return f"{lowest}+" if highest is None else f"Ages {lowest}–{highest}"


def _slug(name: str) -> str:
    return fold_name(name).replace(" ", "-")
