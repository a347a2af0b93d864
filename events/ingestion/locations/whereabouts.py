"""The location of an event as a value; a venue's point and its line of text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from events.ingestion.records import VenueDraft
from events.places.gazetteer import Town

# The longest location line that is read or written.
LINE = 1000


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The location of an event: `mode` is the model's word, `zone` the place's (or empty)."""

    venue: VenueDraft | None = None
    room: str = ""
    location: str = ""
    mode: str = "offline"
    zone: str = ""
    link: str = ""


def placed(venue: VenueDraft | None, town: Town | None) -> Whereabouts:
    """The location of a venue; its own zone comes before the town's."""
    if venue is None:
        return Whereabouts()
    zone = venue.timezone or (town.timezone if town else "")
    return Whereabouts(venue=venue, location=one_line(venue), zone=zone)


def in_town(venue: VenueDraft, town: Town | None) -> VenueDraft:
    """The venue at the middle of its town, and marked so."""
    if town is None:
        return venue
    return replace(
        venue,
        latitude=town.latitude,
        longitude=town.longitude,
        precision="place",
        timezone=town.timezone,
        place_id=town.id,
    )


def one_line(venue: VenueDraft) -> str:
    """ "Pack Library, 67 Haywood St., Asheville, NC"; the country only outside the US."""
    parts = [venue.name, venue.street_address, venue.city, venue.state]
    if venue.country != "United States":
        parts.append(venue.country)
    written: list[str] = []
    for part in parts:
        if part and part not in written:
            written.append(part)
    return ", ".join(written)[:LINE]
