"""Calendars of any size, each of whose events has a title, a text and a place of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from events.models import Place

_TOWNS = 300
_VENUES = 8
_DAYS = 360
_WHAT_TEXT = (
    "concert market hike storytime lecture workshop dance brunch exhibit tournament recital tour"
    " meeting class reading picnic parade screening tasting fair auction choir quiz rehearsal"
)
_WORDS_TEXT = (
    "amber autumn blue brass bright cedar celtic chamber city classic common copper country dawn"
    " deep early evening family far fiddle first folk forest garden gentle glass golden great"
    " green grand harbor harvest hidden high hollow home honest indoor iron island jazz juniper"
    " late lively local long lunar maple meadow midnight modern morning mountain native new north"
    " oak old open orchard paper pine plain quiet rapid red river rural salt sea second shadow"
    " silver simple slow small snow south spring stone summer sun swift tall tender twilight urban"
    " valley velvet village violet warm water west white wild willow winter wooden young zephyr"
)
_WHAT, _WORDS = _WHAT_TEXT.split(), _WORDS_TEXT.split()
_HOUSES = ("Hall", "Library", "Theater", "Church", "Park", "Museum", "Tavern", "Community Center")
_NOTES = (
    "Admission is free and open to the public.",
    "Tickets are $15 in advance, $20 at the door.",
    "For children ages 5-12 with a grown-up.",
    "Registration is required.",
    "Doors open at 6:30 pm.",
)


def write_calendar(path: Path, *, now: datetime, least_bytes: int = 0, events: int = 0) -> int:
    """Writes an iCalendar file of that size or so many events; returns how many it holds."""
    written = 0
    with path.open("w", newline="") as file:
        file.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-TIMEZONE:America/New_York\r\n")
        for entry in _entries(now):
            if written >= events and file.tell() >= least_bytes:
                break
            file.write(entry)
            written += 1
        file.write("END:VCALENDAR\r\n")
    return written


def _entries(now: datetime) -> Iterator[str]:
    random = Random(20)
    venues = list(_venues(random))
    number = 0
    while True:
        number += 1
        minutes = random.randrange(_DAYS * 24 * 4) * 15
        start = now + timedelta(days=1, minutes=minutes)
        title = f"{' '.join(random.choices(_WORDS, k=4))} {random.choice(_WHAT)}".title()
        yield (
            f"BEGIN:VEVENT\r\nUID:{number}@example.org\r\nSUMMARY:{title}\r\n"
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT2H\r\n"
            f"LOCATION:{random.choice(venues)}\r\nDESCRIPTION:{_description(random)}\r\n"
            f"URL:https://example.org/events/{number:07}\r\nEND:VEVENT\r\n"
        )


def _description(random: Random) -> str:
    """Some seven hundred letters, folded as calendars fold them."""
    sentences = [" ".join(random.choices(_WORDS, k=12)).capitalize() + "." for _ in range(8)]
    sentences.insert(4, random.choice(_NOTES))
    text = "\\n".join(sentences)
    return "\r\n ".join(text[first : first + 74] for first in range(0, len(text), 74))


def _venues(random: Random) -> Iterator[str]:
    towns = Place.objects.filter(country_code="US").order_by("-population")[:_TOWNS]
    for town in towns:
        for _ in range(_VENUES):
            name = f"{' '.join(random.choices(_WORDS, k=2)).title()} {random.choice(_HOUSES)}"
            number = random.randrange(1, 900)
            yield f"{name}\\, {number} Main Street\\, {town.name}\\, {town.region_code}"
