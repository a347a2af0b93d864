"""Addresses and landmarks in the words, with a geocoder that knows some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rag.types import Centre, Constraints, SearchContext
from rag.understanding import understand
from rag.understanding.places.lookup import StoredPlaces
from tests.rag.understanding.conftest import FRIDAY, Ask

ASHEVILLE, NEWTON_MA, BOSTON = 4453066, 4945283, 4930956


def _landmark(label: str, lat: float, lng: float, zone: str, country: str) -> Centre:
    return Centre(label, lat, lng, timezone=zone, country_code=country, kind="address")


LOUVRE = _landmark("Louvre Museum, Paris, France", 48.861, 2.338, "Europe/Paris", "FR")
FANEUIL = _landmark("Faneuil Hall, Boston, MA", 42.36, -71.056, "America/New_York", "US")
MAIN = _landmark("123 Main Street, Asheville, NC", 35.595, -82.551, "America/New_York", "US")
PARK = _landmark("Central Park, New York, NY", 40.78, -73.97, "America/New_York", "US")
OTHER_PARK = _landmark("Central Park, Santa Clara, CA", 37.34, -121.98, "America/Los_Angeles", "US")
KNOWN = {
    "Louvre": [LOUVRE],
    "louvre": [LOUVRE],
    "Faneuil Hall": [FANEUIL],
    "Faneuil Hall, Boston, MA": [FANEUIL],
    "Faneuil Hall, Asheville, NC": [FANEUIL],
    "123 Main St, Asheville, NC": [MAIN],
    "123 Main St, 28801, Asheville, NC": [MAIN],
    "Central Park": [PARK, OTHER_PARK],
    "central park": [PARK, OTHER_PARK],
}


class Landmarks(StoredPlaces):
    """The real place table, and a fixed answer for a few landmarks."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @property
    def knows_landmarks(self) -> bool:
        return True

    def landmarks(self, words: str) -> Sequence[Centre]:
        self.asked.append(words)
        return KNOWN.get(words, ())


@pytest.fixture
def landmarks(db: None) -> Landmarks:
    return Landmarks()


@pytest.fixture
def ask_near(landmarks: Landmarks) -> Callable[..., Constraints]:
    def ask_on_friday(
        text: str, *, standing: Constraints | None = None, **context: object
    ) -> Constraints:
        return understand(
            text,
            now=datetime.fromisoformat(FRIDAY).replace(tzinfo=ZoneInfo("America/New_York")),
            gazetteer=landmarks,
            context=SearchContext(**context),  # type: ignore[arg-type]
            standing=standing,
        )

    return ask_on_friday


@pytest.mark.parametrize(
    ("text", "asked", "label", "query"),
    [
        ("jazz near the Louvre", "Louvre", LOUVRE.label, "jazz"),
        ("jazz near the louvre tonight", "louvre", LOUVRE.label, "jazz"),
        ("art around Faneuil Hall this weekend", "Faneuil Hall", FANEUIL.label, "art"),
        ("art around Faneuil Hall, Boston", "Faneuil Hall, Boston, MA", FANEUIL.label, "art"),
        ("art near Faneuil Hall in Boston", "Faneuil Hall, Boston, MA", FANEUIL.label, "art"),
        ("picnics by Central Park", "Central Park", PARK.label, "picnics"),
        ("picnics by central park", "central park", PARK.label, "picnics"),
        ("jazz within 2 miles of the Louvre", "Louvre", LOUVRE.label, "jazz"),
        ("jazz 3 km from Faneuil Hall", "Faneuil Hall", FANEUIL.label, "jazz"),
        ("jazz near 123 Main St, Asheville", "123 Main St, Asheville, NC", MAIN.label, "jazz"),
        ("jazz at 123 Main St, Asheville, NC", "123 Main St, Asheville, NC", MAIN.label, "jazz"),
        (
            "jazz near 123 Main St, Asheville, NC 28801",
            "123 Main St, 28801, Asheville, NC",
            MAIN.label,
            "jazz",
        ),
    ],
)
def test_landmark_is_the_centre(
    ask_near: Callable[..., Constraints],
    landmarks: Landmarks,
    text: str,
    asked: str,
    label: str,
    query: str,
) -> None:
    found = ask_near(text)

    assert landmarks.asked == [asked]
    assert found.place is not None
    assert (found.place.label, found.sources["place"]) == (label, "message")
    assert (found.query, found.unknown_place) == (query, None)


def test_landmark_has_a_small_radius_and_its_zone(ask_near: Callable[..., Constraints]) -> None:
    found = ask_near("jazz tomorrow near the Louvre")

    assert (found.max_distance_miles, found.sources["max_distance_miles"]) == (5.0, "default")
    assert found.timezone == "Europe/Paris"
    assert found.date_from is not None
    assert found.date_from.isoformat() == "2026-11-21T00:00:00+01:00"


def test_landmark_of_several_is_the_one_near_the_user(
    ask_near: Callable[..., Constraints],
) -> None:
    found = ask_near("by Central Park", user_lat=37.4, user_lng=-122.1)

    assert found.place == OTHER_PARK
    assert found.alternatives == (PARK,)
    assert ask_near("by Central Park").place == PARK


@pytest.mark.parametrize(
    "text",
    [
        "jazz in Boston",
        "jazz near Newton, MA",
        "near me",
        "around 02458",
        "jazz near the beach",
        "classes at the library",
        "story time at night",
        "plays by Shakespeare",
        "an evening by the river",
        "concerts in Massachusetts",
        "yoga in the park",
        "kids aged 4 to 12",
        "dinner around 7",
        "in person",
        "events near the end of december",
        "boats near Friday Harbor",
        "jazz in Newton and in Boston",
    ],
)
def test_words_that_name_no_landmark_are_not_asked_for(
    ask_near: Callable[..., Constraints], landmarks: Landmarks, text: str
) -> None:
    ask_near(text)

    assert landmarks.asked == []


def test_landmark_that_nobody_knows_stays_unknown(ask_near: Callable[..., Constraints]) -> None:
    found = ask_near("jazz near Fisherman's Wharf")

    assert found.place is None
    assert found.unknown_place == "Fisherman's Wharf"


def test_landmark_far_from_its_town_leaves_the_town(ask_near: Callable[..., Constraints]) -> None:
    found = ask_near("art near Faneuil Hall, Asheville")

    assert found.place is not None
    assert found.place.label == "Asheville, NC"


@pytest.mark.parametrize(
    ("location", "label"),
    [
        ("Louvre", LOUVRE.label),
        ("123 Main St, Asheville, NC", MAIN.label),
        ("Faneuil Hall, Boston, MA", FANEUIL.label),
    ],
)
def test_landmark_in_the_contexts_location_is_the_centre(
    ask_near: Callable[..., Constraints], location: str, label: str
) -> None:
    found = ask_near("jazz", location=location)

    assert found.place is not None
    assert (found.place.label, found.sources["place"]) == (label, "context")


def test_contexts_location_is_not_asked_for_when_the_words_name_a_place(
    ask_near: Callable[..., Constraints], landmarks: Landmarks
) -> None:
    ask_near("jazz in Boston", location="Louvre")

    assert landmarks.asked == []


def test_street_without_a_town_is_looked_for_in_the_known_one(
    ask_near: Callable[..., Constraints], landmarks: Landmarks
) -> None:
    before = ask_near("jazz in Asheville")

    assert ask_near("near 123 Main St", standing=before).place == MAIN
    assert ask_near("near 123 Main St", location_id=ASHEVILLE).place == MAIN
    assert ask_near("near 123 Main St", location="Asheville, NC").place == MAIN
    assert set(landmarks.asked) == {"123 Main St, Asheville, NC"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("jazz near 12345 Main St", None),
        ("jazz near 12 May Street", None),
        ("jazz near 5 Dollar Lane for $20", None),
        ("jazz near 221B Baker Street, London", "London, England, United Kingdom"),
        ("jazz near 100 Washington St, Newton, MA", "Newton, MA"),
    ],
)
def test_numbers_of_an_address_are_nothing_else(ask: Ask, text: str, label: str | None) -> None:
    found = ask(text)

    assert (found.place.label if found.place else None) == label
    assert (found.date_from, found.age, found.max_distance_miles is None) == (
        None,
        None,
        label is None,
    )
    assert found.max_price == (20.0 if "$20" in text else None)


def test_address_without_a_geocoder_is_an_unknown_place(ask: Ask) -> None:
    assert ask("jazz near 123 Main St").unknown_place == "123 Main St"


@pytest.mark.parametrize(
    "text",
    ["near the Louvre", "by Central Park", "concert at Fenway Park"],
)
def test_landmark_without_a_geocoder_is_no_place(ask: Ask, text: str) -> None:
    assert ask(text).place is None


def test_landmark_beside_a_wish_is_unknown_without_a_geocoder(ask: Ask) -> None:
    found = ask("jazz near fenway park")
    assert (found.query, found.unknown_place) == ("jazz", "fenway park")


def test_landmark_where_something_takes_place_stays_a_topic(ask: Ask) -> None:
    found = ask("concerts at the city library")
    assert found.unknown_place is None
    assert "library" in found.query
