"""Imports ask the geocoder for what nothing else places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.ingestion.pipeline import ImportOptions, import_calendar
from events.models import Event, Venue
from rag.geocoding.geocoder import Geocoder, configured_geocode, geocode_by
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc
from tests.fakes.nominatim import FakeNominatim

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:{uid}
SUMMARY:Debate {uid}
DTSTART:20261205T190000
LOCATION:Faneuil Hall
END:VEVENT
END:VCALENDAR
"""


def test_import_asks_the_geocoder_once_for_a_line(
    geocoder: Geocoder, nominatim: FakeNominatim, tmp_path: Path
) -> None:
    for uid in ("one", "two"):
        path = tmp_path / f"{uid}.ics"
        path.write_text(CALENDAR.format(uid=uid))
        options = ImportOptions("UTC", source=uid, geocode=geocode_by(geocoder))
        import_calendar(str(path), options, embedder=HashingEmbedder(), now=utc(2026, 11, 1))
    events = Event.objects.select_related("venue").order_by("external_id")
    found = [(e.timezone, e.venue and (e.venue.latitude, e.venue.longitude)) for e in events]
    assert found == [("America/New_York", (42.36, -71.056))] * 2
    assert nominatim.asked == ["Faneuil Hall"]


@pytest.fixture(autouse=True)
def _leave_nothing(committed: None) -> Iterator[None]:
    yield
    Event.objects.filter(source__in=["one", "two"]).delete()
    Venue.objects.filter(events__isnull=True).delete()


def test_configured_geocode_is_off_by_default() -> None:
    assert configured_geocode() is None
