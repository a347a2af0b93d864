"""Turns a chosen happening into a draft: its venue, words, times and price."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from core.text import fold_name
from events.demo.catalogue import VENUE_NAMES, VENUE_TYPES, Area, Kind, Town
from events.ingestion.records import EventDraft, VenueDraft

Venues = Mapping[str, tuple[VenueDraft, Area]]
_HYBRID_SHARE = 0.4
_CANCELLED_SHARE = 0.02
_POSTPONED_SHARE = 0.03
_SCATTER_MILES = 0.3
_MILES_PER_DEGREE = 69.0


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


def invent_venues(town: Town, random: Random) -> Venues:
    """One venue of every type with its area; the same ones for the same `random`."""
    venues = {}
    for venue_type in VENUE_TYPES:
        area = random.choice(town.areas)
        street = random.choice(town.streets)
        template = random.choice(VENUE_NAMES[town.language][venue_type])
        latitude, longitude = _near(area, random)
        draft = VenueDraft(
            name=template.format(street=street, area=area.name),
            street_address=_address(town, street, random.randrange(2, 380)),
            city=town.name,
            state=town.state,
            postal_code=area.postal_code,
            country=town.country,
            latitude=latitude,
            longitude=longitude,
            precision="venue",
            timezone=town.timezone,
            place_id=town.place_id,
        )
        venues[venue_type] = (draft, area)
    return venues


def _near(area: Area, random: Random) -> tuple[float, float]:
    distance = _SCATTER_MILES * math.sqrt(random.random())
    bearing = random.uniform(0, 2 * math.pi)
    north, east = distance * math.cos(bearing), distance * math.sin(bearing)
    width = _MILES_PER_DEGREE * math.cos(math.radians(area.lat))
    return (
        round(area.lat + north / _MILES_PER_DEGREE, 5),
        round(area.lng + east / width, 5),
    )


def _address(town: Town, street: str, number: int) -> str:
    return f"{street} {number}" if town.language == "de" else f"{number} {street}"


def make_draft(happening: Happening, venues: Venues) -> EventDraft:
    """The draft of one happening at one of its town's venues, or online."""
    kind, town, constants = happening.kind, happening.town, happening.constants
    venue, area = venues[constants.choice(kind.venue_types)] if kind.venue_types else (None, None)
    start, end = _times(happening)
    price, min_price = _price(kind, town, constants)
    mode = _attendance_mode(kind, constants)
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
        location=_one_line(venue) if venue else "Online",
        venue=venue,
        event_attendance_mode=mode,
        event_status=_status(happening),
        price=price,
        min_price=min_price,
        currency=town.currency_code if min_price else "",
        age_range=_age_range(kind),
        age_min=kind.age_min,
        age_max=kind.age_max,
        audience_tags=kind.audience,
        metadata_tags=kind.tags,
        organizer=kind.organizer.format_map(words),
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
    price = constants.choice(kind.prices)
    manner = constants.random()
    if manner < 0.04:
        return "", None
    if price == 0:
        return ("Free", Decimal(0)) if manner < 0.8 else ("Free, donations welcome", Decimal(0))
    if manner < 0.7:
        return f"{town.currency}{price}", Decimal(price)
    highest = price + max(3, price // 2)
    return f"{town.currency}{price}–{town.currency}{highest}", Decimal(price)


def _attendance_mode(kind: Kind, constants: Random) -> str:
    if not kind.venue_types:
        return "online"
    return "mixed" if kind.hybrid and constants.random() < _HYBRID_SHARE else "offline"


def _status(happening: Happening) -> str:
    """Now and then a daytime event is called off; the evenings can be relied on."""
    fate = happening.variations.random()
    if happening.kind.slot != "day" or fate >= _POSTPONED_SHARE:
        return "scheduled"
    return "cancelled" if fate < _CANCELLED_SHARE else "postponed"


def _age_range(kind: Kind) -> str:
    if kind.age_min is None:
        return "All ages"
    return f"{kind.age_min}+" if kind.age_max is None else f"Ages {kind.age_min}–{kind.age_max}"


def _slug(name: str) -> str:
    return fold_name(name).replace(" ", "-")


def _one_line(venue: VenueDraft) -> str:
    """The venue and its address as one line of text."""
    parts = (venue.name, venue.street_address, venue.city, venue.state)
    return ", ".join(part for part in parts if part)
