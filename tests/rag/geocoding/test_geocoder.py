"""Asking a geocoder: what it answers, what is kept, and that its failures end nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from events.models import GeocodedPlace, GeocoderPace
from rag.geocoding.geocoder import Geocoder
from rag.geocoding.pace import REST_SECONDS
from rag.types import Centre
from tests.fakes.nominatim import LOUVRE, Failure, FakeNominatim
from tests.rag.geocoding.conftest import MakeGeocoder

INTERVAL = 0.3


def test_found_place_has_a_short_label_a_zone_and_a_country(geocoder: Geocoder) -> None:
    (found,) = geocoder.find("Louvre")

    assert found == Centre(
        label="Louvre Museum, Paris, France",
        lat=48.8611,
        lng=2.3380,
        timezone="Europe/Paris",
        country_code="FR",
        region="Ile-de-France",
        kind="address",
    )


def test_found_address_is_its_house_and_town(geocoder: Geocoder) -> None:
    (found,) = geocoder.find("123 Main St, Asheville, NC")

    assert found.label == "123 Main Street, Asheville, NC"
    assert found.timezone == "America/New_York"


def test_request_names_the_application_and_holds_the_words_alone(
    geocoder: Geocoder, nominatim: FakeNominatim
) -> None:
    geocoder.find("Louvre")

    (request,) = nominatim.requests
    assert request.headers["user-agent"] == "superschedules-tests/1.0"
    assert nominatim.parameters(request) == {
        "q": "Louvre",
        "format": "json",
        "limit": "5",
        "accept-language": "en",
        "addressdetails": "1",
    }


def test_kept_answer_is_not_asked_for_again(
    geocoder: Geocoder, nominatim: FakeNominatim, make_geocoder: MakeGeocoder
) -> None:
    first = geocoder.find("Louvre")

    assert make_geocoder().find("  LOUVRE ") == first
    assert nominatim.asked == ["Louvre"]
    kept = GeocodedPlace.objects.get()
    assert kept.fetched_at is not None
    assert kept.expires_at is not None
    assert kept.expires_at - kept.fetched_at == timedelta(days=90)


def test_nothing_found_is_kept_for_a_day(geocoder: Geocoder, nominatim: FakeNominatim) -> None:
    assert geocoder.find("Nowhere Hall") == ()
    assert geocoder.find("Nowhere Hall") == ()
    assert nominatim.asked == ["Nowhere Hall"]

    kept = GeocodedPlace.objects.get()
    assert kept.fetched_at is not None
    assert kept.expires_at is not None
    assert kept.expires_at - kept.fetched_at == timedelta(days=1)


def test_expired_answer_is_asked_for_again(geocoder: Geocoder, nominatim: FakeNominatim) -> None:
    assert geocoder.find("Nowhere Hall") == ()
    GeocodedPlace.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    nominatim.places["Nowhere Hall"] = [LOUVRE]

    assert [found.label for found in geocoder.find("Nowhere Hall")] == [
        "Louvre Museum, Paris, France"
    ]


def test_expired_answers_are_forgotten_in_time(geocoder: Geocoder) -> None:
    geocoder.find("Nowhere Hall")
    GeocodedPlace.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    geocoder.find("Louvre")

    assert list(GeocodedPlace.objects.values_list("query", flat=True)) == ["louvre"]


@pytest.mark.parametrize(
    "failure",
    [
        Failure(delay=5.0),
        Failure(status=500, body={"error": "internal"}),
        Failure(status=429, body={"error": "too many"}),
        Failure(body="<html>maintenance</html>"),
        Failure(body={"error": "no such table"}),
        Failure(body=[{"display_name": "no point"}]),
        Failure(body=[{"display_name": "x", "lat": "north", "lon": "1"}]),
        Failure(body=[{"display_name": "x", "lat": "99", "lon": "1"}]),
        Failure(body=["a string"]),
        Failure(body=7),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Latitude normalization:UserWarning")
def test_failure_finds_nothing_and_is_not_kept(
    make_geocoder: MakeGeocoder, nominatim: FakeNominatim, failure: Failure
) -> None:
    nominatim.failure = failure

    assert make_geocoder(timeout=0.4).find("Louvre") == ()
    assert len(nominatim.requests) == 1
    assert not GeocodedPlace.objects.exists()


def test_server_that_is_not_there_finds_nothing(make_geocoder: MakeGeocoder) -> None:
    assert make_geocoder(domain="127.0.0.1:9").find("Louvre") == ()
    assert GeocoderPace.objects.get().failures == 1


def test_several_failures_give_the_geocoder_a_rest_in_every_process(
    make_geocoder: MakeGeocoder, nominatim: FakeNominatim
) -> None:
    nominatim.failure = Failure(status=500)
    geocoder = make_geocoder()
    for words in ("one hall", "two hall", "three hall"):
        geocoder.find(words)
    nominatim.failure = None

    assert make_geocoder().find("Louvre") == ()
    assert nominatim.asked == ["one hall", "two hall", "three hall"]

    later = timedelta(seconds=REST_SECONDS)
    GeocoderPace.objects.update(resting_until=F("resting_until") - later)
    assert len(make_geocoder().find("Louvre")) == 1
    assert GeocoderPace.objects.get().failures == 0


def test_too_many_requests_are_not_repeated_before_the_time_it_named(
    geocoder: Geocoder, nominatim: FakeNominatim
) -> None:
    nominatim.failure = Failure(status=429, retry_after=600)
    geocoder.find("Louvre")
    nominatim.failure = None

    assert geocoder.find("Louvre") == ()
    assert len(nominatim.requests) == 1
    rest = GeocoderPace.objects.get().resting_until - timezone.now()
    assert timedelta(seconds=500) < rest <= timedelta(seconds=600)


def test_same_question_at_once_is_asked_once(
    make_geocoder: MakeGeocoder, nominatim: FakeNominatim
) -> None:
    nominatim.delay = 0.3
    answers = _all_at_once(make_geocoder, ["Louvre"] * 4, interval=0.0)

    assert nominatim.asked == ["Louvre"]
    assert [[one.label for one in found] for found in answers] == [
        ["Louvre Museum, Paris, France"]
    ] * 4


def test_requests_of_all_processes_keep_their_distance(
    make_geocoder: MakeGeocoder, nominatim: FakeNominatim
) -> None:
    words = ["Louvre", "Faneuil Hall", "Central Park", "Nowhere Hall"]
    answers = _all_at_once(make_geocoder, words, interval=INTERVAL, timeout=20.0)

    arrived = [request.received_at for request in nominatim.requests]
    gaps = [later - earlier for earlier, later in pairwise(arrived)]
    assert [len(found) for found in answers] == [1, 1, 2, 0]
    assert len(gaps) == 3
    assert min(gaps) >= INTERVAL


def test_turn_that_comes_too_late_is_not_waited_for(
    make_geocoder: MakeGeocoder, nominatim: FakeNominatim
) -> None:
    geocoder = make_geocoder(interval=60.0)
    geocoder.find("Louvre")

    assert geocoder.find("Faneuil Hall") == ()
    assert nominatim.asked == ["Louvre"]
    assert GeocodedPlace.objects.count() == 1


def test_geocoder_is_never_asked_within_a_transaction(
    geocoder: Geocoder, nominatim: FakeNominatim
) -> None:
    with transaction.atomic():
        assert geocoder.find("Louvre") == ()
    assert nominatim.requests == []

    geocoder.find("Louvre")
    with transaction.atomic():
        assert len(geocoder.find("Louvre")) == 1


@pytest.mark.parametrize("words", ["", "  ", "?!", "\u0000"])
def test_no_words_ask_nothing(geocoder: Geocoder, nominatim: FakeNominatim, words: str) -> None:
    assert geocoder.find(words) == ()
    assert nominatim.requests == []


def _all_at_once(
    make_geocoder: MakeGeocoder, words: list[str], **options: Any
) -> list[tuple[Centre, ...]]:
    """Each by a geocoder and a connection of its own, as separate processes have."""

    def find(one: str) -> tuple[Centre, ...]:
        try:
            return make_geocoder(**options).find(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(words)) as threads:
        return list(threads.map(find, words))
