"""Normalises an event as its feed wrote it into a draft that can be stored."""

from __future__ import annotations

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from core.text import fold_name
from events.ingestion.cleaning import clean_line, clean_text
from events.ingestion.enrich.ages import read_ages
from events.ingestion.enrich.evidence import bounded
from events.ingestion.enrich.prices import Price, read_price
from events.ingestion.enrich.registration import read_registration
from events.ingestion.enrich.status import read_status
from events.ingestion.enrich.tags import Subject, find_audience, find_topics
from events.ingestion.locations.locate import Locator
from events.ingestion.locations.whereabouts import Whereabouts
from events.ingestion.records import (
    BrokenEntry,
    EventDraft,
    ParsedFile,
    RawEvent,
    Skipped,
    VenueDraft,
)
from events.ingestion.times import ZoneFrom, Zones, event_times
from events.ingestion.written.numbers import currency_in
from events.places.zones import country_of_zone, writes_day_first

logger = logging.getLogger(__name__)
T = TypeVar("T")

MAX_TITLE = 500
MAX_ID = 500
MAX_URL = 2000
MAX_TAGS = 30

_SOURCE = re.compile(r"(?:^|\n)\s*Source:\s*(?P<name>[^\n]{1,300})\s*$")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The drafts of a file, and the entries that could not become one.

    `zones` counts what the drafts' zones were taken from; `notes` are of drafts of
    which the feed leaves something open that everybody wants to know.
    """

    drafts: list[EventDraft]
    skipped: list[Skipped]
    zones: Counter[ZoneFrom]
    notes: list[Skipped]


def normalise_all(
    parsed: ParsedFile,
    locator: Locator,
    *,
    zones: Zones,
) -> Normalised:
    """Drafts of all events; one that fails is reported and does not stop the rest.

    A time without a zone is read in the place's, else the calendar's, else the
    source's, else that of nearly all events beside it, else the one assumed.
    """
    locator.prepare(parsed.events)
    found = Normalised([], [], Counter(), [])
    located = [
        (raw, where)
        for raw in parsed.events
        if (where := _tried(raw, found, locator.locate)) is not None
    ]
    zones = zones.with_file(parsed.timezone, (raw.zone or where.zone for raw, where in located))
    day_first = _day_comes_first(located, zones)
    for raw, where in located:
        own = replace(zones, calendar=raw.calendar_zone) if raw.calendar_zone is not None else zones
        zone, origin = own.of(raw.zone, where.zone)
        if day_first and raw.day_first is not None:
            raw = replace(raw, start=raw.day_first[0], end=raw.day_first[1])
        draft = _tried(raw, found, partial(normalise, where=where, zone=zone))
        if draft is not None:
            found.drafts.append(draft)
            found.zones[origin] += 1
            found.notes.extend(_left_open(draft, origin))
            if raw.note:
                found.notes.append(
                    Skipped(draft.external_id, draft.title, "time not read", raw.note)
                )
    return found


def _day_comes_first(located: Sequence[tuple[RawEvent, Whereabouts]], zones: Zones) -> bool:
    """The order of day and month that is usual where most of a file's open dates are."""
    known = (zones.of(raw.zone, where.zone) for raw, where in located if raw.day_first is not None)
    votes = Counter(
        writes_day_first(country_of_zone(zone))
        for zone, origin in known
        if origin is not ZoneFrom.ASSUMED
    )
    return votes[True] > votes[False]


def _tried(raw: RawEvent, found: Normalised, step: Callable[[RawEvent], T]) -> T | None:
    """Tries a step on an entry; None when it fails, which is reported."""
    try:
        return step(raw)
    except BrokenEntry as error:
        found.skipped.append(_skipped(raw, str(error)))
    except Exception:  # one event's surprise must not cost the file
        logger.exception("event_not_normalised uid=%.200r", raw.uid)
        found.skipped.append(_skipped(raw, "it could not be understood (see the log)"))
    return None


def _skipped(raw: RawEvent, reason: str) -> Skipped:
    return Skipped(clean_line(raw.uid, 200), clean_line(raw.title, 200), "broken entry", reason)


def _left_open(draft: EventDraft, origin: ZoneFrom) -> Iterator[Skipped]:
    if origin is ZoneFrom.ASSUMED:
        reason = f"neither the event nor its place, calendar or source names one: {draft.timezone}"
        yield Skipped(draft.external_id, draft.title, "time zone assumed", reason)
    is_placed = draft.venue is not None and draft.venue.latitude is not None
    if not is_placed and draft.event_attendance_mode != "online":
        named = (
            f"it is unknown where {draft.location[:100]!r} is" if draft.location else "none named"
        )
        yield Skipped(draft.external_id, draft.title, "no place", named)


def normalise(raw: RawEvent, where: Whereabouts, zone: str) -> EventDraft:
    """One event, located, as a draft; its local times are read in `zone`.

    Raises:
        BrokenEntry: no title, or a date that cannot be.
    """
    title = clean_line(raw.title, MAX_TITLE)
    if not title:
        raise BrokenEntry("the title is missing")
    start, end, all_day = event_times(raw.start, raw.end, zone)
    description, source = _without_source(clean_text(raw.description))
    organizer = clean_line(raw.organizer, 300) or source
    venue = _trimmed(where.venue) if where.venue and where.mode != "online" else None
    country = country_of_zone(zone)
    subject = Subject(title, description, organizer, venue.name if venue else "")
    return EventDraft(
        external_id=external_id(raw),
        title=title,
        start_time=start,
        end_time=end,
        timezone=zone,
        all_day=all_day,
        description=description,
        url=_url(raw.url) or _url(where.link),
        room_name=(clean_line(raw.room, 300) or where.room)[:300],
        location=where.location[:1000],
        venue=venue,
        event_attendance_mode=where.mode,
        event_status=read_status(raw.status, title),
        organizer=organizer,
        series_id=clean_line(raw.series_id, MAX_ID),
        version=raw.version,
        **_enrichment(subject, raw, country),
    )


def _enrichment(subject: Subject, raw: RawEvent, country: str | None) -> dict[str, Any]:
    """Price, ages, tags and registration, from the feed's fields or else from the texts."""
    title, description = subject.title, subject.description
    ages = read_ages(title, description, clean_line(raw.age_range, 100))
    price = _price(subject, raw)
    audience = find_audience(title, description, ages, _words(raw.audience, 50))
    topics = find_topics(subject, _words(raw.keywords, 100))
    registration = read_registration(title, description)
    evidence = {
        "price": price.evidence,
        "age_range": ages.evidence,
        "audience_tags": audience.evidence,
        "metadata_tags": topics.evidence,
        "registration_required": registration.evidence,
    }
    return {
        "price": price.text,
        "min_price": price.lowest,
        "currency": _currency(price, raw, country),
        "age_range": ages.text,
        "age_min": ages.lowest,
        "age_max": ages.highest,
        "audience_tags": audience.tags[:MAX_TAGS],
        "metadata_tags": topics.tags[:MAX_TAGS],
        "registration_required": registration.required,
        "evidence": {name: words for name, words in evidence.items() if words},
    }


def _price(subject: Subject, raw: RawEvent) -> Price:
    stated = clean_line(raw.price, 300)
    if raw.min_price is None:
        return read_price(subject.title, subject.description, stated)
    amount = f"{raw.min_price:f} {raw.currency}" if raw.currency else ""
    text = stated or ("Free" if raw.min_price == 0 else amount)
    return Price(text, raw.min_price, bounded(stated or f"{raw.min_price} (stated by the feed)"))


def _currency(price: Price, raw: RawEvent, country: str | None) -> str:
    """The currency that the feed states, else that of the price's own words."""
    if price.lowest is None:
        return ""
    return raw.currency or (currency_in(price.text, country) if price.lowest else "")


def _words(words: Sequence[str], limit: int) -> tuple[str, ...]:
    return tuple(word for word in (clean_line(each, limit) for each in words) if word)


def external_id(raw: RawEvent) -> str:
    """The feed's id, with the occurrence it stands for; without one, a digest that stays."""
    uid = clean_line(raw.uid, 10_000)
    if not uid:
        parts = (fold_name(raw.title), _moment(raw.start), fold_name(raw.location))
        return "sha256:" + _digest("\n".join(parts))
    if raw.repeats_at:
        uid = f"{uid}#{raw.repeats_at}"
    # Ids beyond the column's width keep their difference in a digest.
    return uid if len(uid) <= MAX_ID else f"{uid[: MAX_ID - 40]}~{_digest(uid)[:32]}"


def _moment(moment: date | datetime) -> str:
    return moment.isoformat()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_source(description: str) -> tuple[str, str]:
    """(description, publisher): aggregators sign each entry with a last line "Source: …"."""
    match = _SOURCE.search(description)
    if match is None:
        return description, ""
    return description[: match.start()].rstrip(), match["name"].strip()


def _url(text: str) -> str:
    """An http(s) address, or nothing: other schemes are not for a link that people click."""
    url = clean_line(text, MAX_URL + 1)
    is_web = url.lower().startswith(("http://", "https://")) and " " not in url
    return url if is_web and len(url) <= MAX_URL else ""


@lru_cache(maxsize=4096)
def _trimmed(venue: VenueDraft) -> VenueDraft:
    """The venue within the columns' widths."""
    return replace(
        venue,
        name=clean_line(venue.name, 300),
        street_address=clean_line(venue.street_address, 300),
        city=clean_line(venue.city, 200),
        state=clean_line(venue.state, 100),
        postal_code=clean_line(venue.postal_code, 20),
        country=clean_line(venue.country, 100),
    )
