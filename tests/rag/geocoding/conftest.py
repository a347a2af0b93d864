"""A geocoder over a scripted Nominatim, with a clean memory in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from events.models import GeocodedPlace, GeocoderPace
from rag.geocoding.geocoder import Geocoder
from rag.geocoding.kept_answers import KeptAnswers
from rag.geocoding.pace import Pace
from rag.geocoding.provider import Provider
from tests.fakes.nominatim import FakeNominatim

MakeGeocoder = Callable[..., Geocoder]


@pytest.fixture
def nominatim(committed: None) -> Iterator[FakeNominatim]:
    """Nothing is kept from before, and nothing stays."""
    _forget()
    with FakeNominatim() as running:
        yield running
    _forget()


def _forget() -> None:
    GeocodedPlace.objects.all().delete()
    GeocoderPace.objects.all().delete()


@pytest.fixture
def make_geocoder(nominatim: FakeNominatim) -> MakeGeocoder:
    """make_geocoder(interval=0, timeout=3): each call is like another process."""

    def make(*, interval: float = 0.0, timeout: float = 3.0, **options: str) -> Geocoder:
        return Geocoder(
            Provider("nominatim", {**nominatim.options, **options}),
            Pace("nominatim", interval, timeout),
            KeptAnswers("nominatim", timedelta(days=90)),
        )

    return make


@pytest.fixture
def geocoder(make_geocoder: MakeGeocoder) -> Geocoder:
    return make_geocoder()
