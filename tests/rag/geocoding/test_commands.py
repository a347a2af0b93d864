"""Every command that imports asks the geocoder that the settings name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from events.models import Event, Import, Source, Venue
from events.sources.import_queue import keep_file
from tests.commands import ran, until
from tests.fakes.feed import FakeFeed
from tests.fakes.nominatim import FakeNominatim
from tests.rag.geocoding.test_points import CALENDAR

SOURCE = "placed by tests"


@pytest.fixture(autouse=True)
def _leave_nothing(committed: None) -> Iterator[None]:
    yield
    Event.objects.filter(source=SOURCE).delete()
    Import.objects.filter(source=SOURCE).delete()
    Source.objects.filter(name=SOURCE).delete()
    Venue.objects.filter(events__isnull=True).delete()


@pytest.fixture
def geocoding(nominatim: FakeNominatim) -> dict[str, str]:
    """The environment of a service that has a geocoder."""
    return {
        "GEOCODER": "nominatim",
        "GEOCODER_OPTIONS": json.dumps(nominatim.options),
        "GEOCODER_MIN_INTERVAL_SECONDS": "0",
    }


def assert_placed(nominatim: FakeNominatim) -> None:
    event = Event.objects.select_related("venue").get(source=SOURCE)
    assert event.venue is not None
    assert (event.venue.latitude, event.venue.longitude) == (42.36, -71.056)
    assert (event.timezone, nominatim.asked) == ("America/New_York", ["Faneuil Hall"])


def test_import_events_asks_the_geocoder(
    nominatim: FakeNominatim, geocoding: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "town.ics"
    path.write_text(CALENDAR.format(uid="one"))
    ran("import_events", str(path), "--source", SOURCE, **geocoding)
    assert_placed(nominatim)


def test_run_ingestion_asks_the_geocoder(
    nominatim: FakeNominatim, geocoding: dict[str, str]
) -> None:
    def imports_here() -> bool:
        """A running service, which has no geocoder, may take the import first: then once more."""
        Event.objects.filter(source=SOURCE).delete()
        kept = keep_file([CALENDAR.format(uid="one").encode()])
        Import.objects.create(source=SOURCE, stored_name=kept, file_name="town.ics")
        ran("run_ingestion", **geocoding)
        return bool(nominatim.asked)

    until(imports_here)
    assert_placed(nominatim)


@pytest.mark.parametrize("arguments", [(), (SOURCE,), ("--force",)])
def test_sync_sources_asks_the_geocoder(
    nominatim: FakeNominatim, geocoding: dict[str, str], arguments: tuple[str, ...]
) -> None:
    with FakeFeed() as feed:
        feed.content = CALENDAR.format(uid="one").encode()
        Source.objects.create(name=SOURCE, url=feed.address)
        private = {"FEEDS_PRIVATE_HOSTS": urlsplit(feed.address).netloc}
        ran("sync_sources", *arguments, **geocoding, **private)
    assert_placed(nominatim)
