"""Addresses and landmarks over HTTP, by a service that has a geocoder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from events.models import GeocodedPlace
from rag.geocoding.geocoder import Geocoder
from rag.geocoding.kept_answers import KeptAnswers
from rag.geocoding.pace import Pace
from rag.geocoding.provider import Provider
from tests.conftest import Person
from tests.fakes.nominatim import Failure, FakeNominatim
from tests.fakes.ollama import FakeOllama
from tests.rag.geocoding.conftest import nominatim
from tests.serving import Service, running_service

__all__ = ["nominatim"]

INTERVAL = 0.4


@pytest.fixture
def exact_service(nominatim: FakeNominatim, ollama: FakeOllama) -> Iterator[Service]:
    given = {
        "GEOCODER": "nominatim",
        "GEOCODER_OPTIONS": json.dumps(nominatim.options),
        "GEOCODER_MIN_INTERVAL_SECONDS": str(INTERVAL),
    }
    with running_service(Path(os.environ["DATA_DIR"]), ollama, **given) as service:
        yield service


def test_service_with_a_geocoder_knows_landmarks_and_survives_without(
    exact_service: Service, nominatim: FakeNominatim, ann: Person
) -> None:
    with exact_service.client(ann.token) as client:

        def understood(message: str, **context: Any) -> dict[str, Any]:
            body = {"message": message, "context": context}
            answer = client.post("/chat/understand", json=body)
            assert answer.status_code == 200, answer.text
            constraints: dict[str, Any] = answer.json()["constraints"]
            return constraints

        louvre = understood("jazz near the Louvre")
        assert louvre["place"]["label"] == "Louvre Museum, Paris, France"
        assert (louvre["place"]["kind"], louvre["place"]["location_id"]) == ("address", None)
        assert (louvre["sources"]["place"], louvre["max_distance_miles"]) == ("message", 5.0)
        assert (louvre["timezone"], louvre["unknown_place"]) == ("Europe/Paris", None)

        _ask_in_this_process(nominatim, "Faneuil Hall")
        address = understood("jazz", location="123 Main St, Asheville, NC")
        assert address["place"]["label"] == "123 Main Street, Asheville, NC"
        assert address["sources"]["place"] == "context"

        nominatim.failure = Failure(status=500)
        assert understood("jazz near the Louvre")["place"] == louvre["place"]
        unknown = understood("jazz near Fisherman's Wharf")
        assert (unknown["place"], unknown["unknown_place"]) == (None, "Fisherman's Wharf")

    assert nominatim.asked == [
        "Louvre",
        "Faneuil Hall",
        "123 Main St, Asheville, NC",
        "Fisherman's Wharf",
    ]
    first, second, third, *_ = [request.received_at for request in nominatim.requests]
    assert min(second - first, third - second) >= INTERVAL
    assert "Fisherman" not in exact_service.log.read_text()
    assert "geocoder_failed provider=nominatim reason=unavailable" in exact_service.log.read_text()


def _ask_in_this_process(nominatim: FakeNominatim, words: str) -> None:
    """Another process of the same database shares the pace and the answers."""
    kept = KeptAnswers("nominatim", timedelta(days=90))
    Geocoder(
        Provider("nominatim", nominatim.options), Pace("nominatim", INTERVAL, 20.0), kept
    ).find(words)


def test_service_without_a_geocoder_says_what_it_does_not_know(ann: Person) -> None:
    body = {"message": "jazz near the Louvre"}
    constraints = ann.client.post("/chat/understand", json=body).json()["constraints"]

    assert (constraints["place"], constraints["unknown_place"]) == (None, "Louvre")
    assert not GeocodedPlace.objects.exists()
