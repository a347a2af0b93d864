from __future__ import annotations

from dataclasses import replace

import pytest

from events.ingestion.locations.address_line import TownReading, readings
from events.ingestion.locations.locate import Locator
from events.ingestion.locations.venues import store_venues
from events.ingestion.locations.whereabouts import Whereabouts
from events.ingestion.records import RawEvent, RawPlace, VenueDraft
from events.places.gazetteer import Gazetteer
from events.places.regions import country_code, state_code
from tests.events.ingestion.moments import wall

pytestmark = pytest.mark.django_db


def event(location: str = "", *, title: str = "Event", place: RawPlace | None = None) -> RawEvent:
    return RawEvent(title=title, start=wall(2026, 12, 5, 19), location=location, place=place)


def locate(raw: RawEvent) -> Whereabouts:
    locator = Locator(Gazetteer())
    locator.prepare([raw])
    return locator.locate(raw)


def described(found: Whereabouts) -> str:
    """ "venue; room; street; town" of what was found."""
    if found.venue is None:
        return "; ; ; "
    venue = found.venue
    town = ", ".join(part for part in (venue.city, venue.state) if part)
    return "; ".join((venue.name, found.room, venue.street_address, town))


# A line, and what is read from it: venue; room; street; town.
LINES = [
    # The town alone, and lines that name no venue.
    ("Davis, CA", "Davis; ; ; Davis, CA"),
    ("Davis, Davis, CA", "Davis; ; ; Davis, CA"),
    ("NC, Asheville, NC", "Asheville; ; ; Asheville, NC"),
    ("-, Montclair, NJ", "Montclair; ; ; Montclair, NJ"),
    ("TBD, Montclair, NJ", "Montclair; ; ; Montclair, NJ"),
    ("To be announced, Montclair, NJ", "Montclair; ; ; Montclair, NJ"),
    ("Off Site, Montclair, NJ", "Montclair; ; ; Montclair, NJ"),
    ("##holiday:sukkot, Montclair, NJ", "Montclair; ; ; Montclair, NJ"),
    ("Varies by Session, Santa Rosa, CA", "Santa Rosa; ; ; Santa Rosa, CA"),
    ("SPECIAL EVENTS:, Asheville, NC", "Asheville; ; ; Asheville, NC"),
    ("(828) 250-4758, Asheville, NC", "Asheville; ; ; Asheville, NC"),
    (
        "$40 per person Contact Paul at 828-555-0115 or email paul@example.org, Asheville, NC",
        "Asheville; ; ; Asheville, NC",
    ),
    ("To view meetings in the hall, Asheville, NC", "Asheville; ; ; Asheville, NC"),
    # A venue's name as it stands.
    ("*Children's Activity Room, Davis, CA", "Children's Activity Room; ; ; Davis, CA"),
    ("27 Club Asheville, Asheville, NC", "27 Club Asheville; ; ; Asheville, NC"),
    ("1908 Pub, Montclair, NJ", "1908 Pub; ; ; Montclair, NJ"),
    ("Davis Theatre Co. (DTC), Davis, CA", "Davis Theatre Co. (DTC); ; ; Davis, CA"),
    ("Montgomery Village, Santa Rosa, CA", "Montgomery Village; ; ; Santa Rosa, CA"),
    ("The Ranch at Lake Sonoma, Santa Rosa, CA", "The Ranch at Lake Sonoma; ; ; Santa Rosa, CA"),
    # Rooms.
    ("Montclair Main - Auditorium, Montclair, NJ", "Montclair Main; Auditorium; ; Montclair, NJ"),
    (
        "Community Theatre (Mainstage), Asheville, NC",
        "Community Theatre; Mainstage; ; Asheville, NC",
    ),
    ("Community Theatre (35below), Asheville, NC", "Community Theatre; 35below; ; Asheville, NC"),
    ("JCC MetroWest | Tepper Hall, Montclair, NJ", "JCC MetroWest; Tepper Hall; ; Montclair, NJ"),
    ("UUCM-1-Rotunda (25), Montclair, NJ", "UUCM; Rotunda; ; Montclair, NJ"),
    (
        "Meadow at Highland Brewing Co., Asheville, NC",
        "Highland Brewing Co.; Meadow; ; Asheville, NC",
    ),
    (
        "Windsor Meeting Room at Windsor Regional Library, Santa Rosa, CA",
        "Windsor Regional Library; Windsor Meeting Room; ; Windsor, CA",
    ),
    # Streets.
    ("239 3rd Ave W, Asheville, NC", "239 3rd Ave W; ; 239 3rd Ave W; Asheville, NC"),
    (
        "1 Lackawanna Plaza, Montclair, NJ",
        "1 Lackawanna Plaza; ; 1 Lackawanna Plaza; Montclair, NJ",
    ),
    (
        "Little Jumbo: 241 Broadway St., Asheville, NC",
        "Little Jumbo; ; 241 Broadway St.; Asheville, NC",
    ),
    ("Congregation297 Haywood St, Asheville, NC", "Congregation; ; 297 Haywood St; Asheville, NC"),
    ("- 35 Woodfin Street, Asheville, NC", "35 Woodfin Street; ; 35 Woodfin Street; Asheville, NC"),
    (
        "Sudwerk Brewing Co  2001 2nd Street  Davis, Davis, CA",
        "Sudwerk Brewing Co; ; 2001 2nd Street; Davis, CA",
    ),
    (
        "Pack Memorial Library - 67 Haywood St. - Asheville, Asheville, NC",
        "Pack Memorial Library; ; 67 Haywood St.; Asheville, NC",
    ),
    (
        "4140 Redwood Highway #8 San Rafael, Santa Rosa, CA",
        "4140 Redwood Highway #8; ; 4140 Redwood Highway #8; San Rafael, CA",
    ),
    # No comma before the town.
    (
        "Sudwerk Brewing Co  2001 2nd Street  Davis, CA 95618",
        "Sudwerk Brewing Co; ; 2001 2nd Street; Davis, CA",
    ),
    ("Hall 12 Main Street San Rafael, CA", "Hall; ; 12 Main Street; San Rafael, CA"),
    # Another town in the place of an address.
    ("Black Mountain, Asheville, NC", "Black Mountain; ; ; Black Mountain, NC"),
    ("Downtown Petaluma, Santa Rosa, CA", "Petaluma; ; ; Petaluma, CA"),
    ("West Orange - Computer Lab, Montclair, NJ", "West Orange; Computer Lab; ; West Orange, NJ"),
    ("Glen Ridge - Freeman Gardens, Montclair, NJ", "Freeman Gardens; ; ; Glen Ridge, NJ"),
    ("Art Supply (San Rafael), Santa Rosa, CA", "Art Supply; ; ; San Rafael, CA"),
    ("Bike Garage Woodland, Davis, CA", "Bike Garage Woodland; ; ; Woodland, CA"),
    ("Nutley Free Public Library, Montclair, NJ", "Nutley Free Public Library; ; ; Nutley, NJ"),
    (
        "Offsite (Petaluma) at Petaluma Regional Library, Santa Rosa, CA",
        "Petaluma; ; ; Petaluma, CA",
    ),
    (
        "City Hall - 900 Clifton Avenue  Clifton NJ 07013, Montclair, NJ",
        "City Hall; ; 900 Clifton Avenue; Clifton, NJ",
    ),
    ("-   Bloomfield NJ 07003, Montclair, NJ", "Bloomfield; ; ; Bloomfield, NJ"),
    (
        "Enka-Candler Library - 1404 Sandhill Rd. - Candler, Asheville, NC",
        "Enka-Candler Library; ; 1404 Sandhill Rd.; Candler, NC",
    ),
    # An away game far from the calendar's own town.
    ("Los Angeles, Davis, CA", "Los Angeles; ; ; Los Angeles, CA"),
    ("Fort Collins, Davis, CA", "Fort Collins; ; ; Fort Collins, CO"),
    ("Lawrence, Davis, CA", "Lawrence; ; ; Davis, CA"),
    # Beyond the United States, and other ends of a line.
    ("Town Hall, Cambridge, MA 02139, USA", "Town Hall; ; ; Cambridge, MA"),
    ("City Hall, Toronto, Ontario, Canada", "City Hall; ; ; Toronto, Ontario"),
    ("Messe, Berlin, Germany", "Messe; ; ; Berlin"),
    ("Opera, Tbilisi, Georgia", "Opera; ; ; Tbilisi"),
    ("Berlin", "Berlin; ; ; Berlin"),
    ("Library", "Library; ; ; "),
    ("", "; ; ; "),
]


@pytest.mark.parametrize(("line", "read"), LINES)
def test_locate_reads_venue_room_street_and_town(line: str, read: str) -> None:
    assert described(locate(event(line))) == read


@pytest.mark.parametrize(
    ("line", "title", "mode", "link"),
    [
        ("Online, Asheville, NC", "Event", "online", ""),
        ("Virtual event, Davis, CA", "Event", "online", ""),
        ("Zoom Conference Room, Montclair, NJ", "Event", "online", ""),
        ("Via Zoom, Santa Rosa, CA", "Event", "online", ""),
        ("Committee meets quarterly via Zoom from 3-3:30pm, Asheville, NC", "E", "online", ""),
        ("Virtual (Literacy) at Adult Literacy Program, Santa Rosa, CA", "E", "online", ""),
        ("West Caldwell - Zoom, Montclair, NJ", "Event", "online", ""),
        (
            "https://zoom.us/j/92?pwd=a.1, Santa Rosa, CA",
            "E",
            "online",
            "https://zoom.us/j/92?pwd=a.1",
        ),
        ("https://zoom.us/j/92", "Event", "online", "https://zoom.us/j/92"),
        ("Sanctuary/YouTube/Facebook, Montclair, NJ", "Event", "mixed", ""),
        ("UUCM-1-Peierls (60) [Multiplatform], Montclair, NJ", "Event", "mixed", ""),
        ("Virtual/Board Chambers, Santa Rosa, CA", "Event", "mixed", ""),
        ("City Hall https://zoom.us/j/9, Davis, CA", "Event", "mixed", "https://zoom.us/j/9"),
        ("Asheville, NC", "Zoom: Finance Meeting", "online", ""),
        ("Asheville, NC", "Program meeting [Online]", "online", ""),
        ("Asheville, NC", "Worship (in-person and online)", "mixed", ""),
        ("City Library, Asheville, NC", "Quilts - VIRTUAL", "mixed", ""),
        ("City Library, Asheville, NC", "Virtual Reality for Beginners", "offline", ""),
        ("In person in front of the hall (in rain on Mondays), Davis, CA", "E", "offline", ""),
    ],
)
def test_locate_knows_what_is_online(line: str, title: str, mode: str, link: str) -> None:
    found = locate(event(line, title=title))
    assert (found.mode, found.link) == (mode, link)
    assert (found.venue is None) == (mode == "online")


def test_locate_town_gives_point_and_zone() -> None:
    venue = locate(event("Orange Peel, Asheville, NC")).venue
    assert venue is not None
    assert (round(venue.latitude or 0, 1), round(venue.longitude or 0, 1)) == (35.6, -82.6)
    assert (venue.precision, venue.timezone) == ("place", "America/New_York")


def test_locate_keeps_the_feeds_own_point() -> None:
    place = RawPlace(name="Hall", city="Berlin", country="Germany", latitude=52.5, longitude=13.4)
    venue = locate(event(place=place)).venue
    assert venue is not None
    assert (venue.latitude, venue.longitude, venue.precision) == (52.5, 13.4, "venue")
    assert venue.timezone == "Europe/Berlin"


def test_locate_point_without_town_still_has_a_zone() -> None:
    found = locate(event("Trailhead", place=RawPlace(latitude=36.06, longitude=-112.14)))
    assert found.zone == "America/Phoenix"


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 0.0), (91.0, 0.0), (12.0, 181.0)])
def test_locate_refuses_points_that_cannot_be(latitude: float, longitude: float) -> None:
    place = RawPlace(city="Berlin", country="Germany", latitude=latitude, longitude=longitude)
    venue = locate(event(place=place)).venue
    assert venue is not None
    assert venue.precision == "place"


@pytest.mark.parametrize(
    ("city", "country", "name", "zone"),
    [
        ("San Francisco, CA", "U.S.A.", "San Francisco", "America/Los_Angeles"),
        ("London", "U.K.", "London", "Europe/London"),
        ("Bangalore", "India", "Bangalore", "Asia/Kolkata"),
        ("Kraków", "Poland", "Kraków", "Europe/Warsaw"),
        ("Nürnberg", "Germany", "Nürnberg", "Europe/Berlin"),
        ("Newcastle-Upon-Tyne", "U.K.", "Newcastle-Upon-Tyne", "Europe/London"),
        ("Rapperswil-Jona", "Switzerland", "Rapperswil-Jona", "Europe/Zurich"),
        ("St. Louis, MO", "U.S.A.", "St. Louis", "America/Chicago"),
    ],
)
def test_locate_reads_schema_org_towns(city: str, country: str, name: str, zone: str) -> None:
    found = locate(event(place=RawPlace(name=city, city=city, country=country)))
    assert found.venue is not None
    assert (found.venue.name, found.zone) == (name, zone)
    assert found.venue.latitude is not None


def test_locate_line_without_town_finds_the_known_venue() -> None:
    here = VenueDraft("The Orange Peel", city="Asheville", latitude=35.6, longitude=-82.55)
    store_venues([replace(here, precision="venue", timezone="America/New_York")])
    found = locate(event("Orange Peel"))
    assert (found.venue and found.venue.latitude, found.zone) == (35.6, "America/New_York")
    store_venues([replace(here, city="Reno")])
    assert locate(event("Orange Peel")).zone == ""


def test_locator_asks_once_for_all_events(django_assert_max_num_queries: object) -> None:
    towns = ("Davis, CA", "Asheville, NC", "Montclair, NJ", "Santa Rosa, CA")
    events = [event(f"Hall {number}, {town}") for number in range(50) for town in towns]
    locator = Locator(Gazetteer())
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        locator.prepare(events)
        assert all(locator.locate(each).venue for each in events)


def test_readings_go_from_explicit_to_vague() -> None:
    assert list(readings("Opera, Tbilisi, Georgia")) == [
        TownReading("Opera", "Tbilisi", "GA", "US"),
        TownReading("", "Opera", "Tbilisi", "GE"),
        TownReading("Opera", "Tbilisi", "", "GE"),
        TownReading("Opera, Tbilisi", "Georgia"),
    ]


def test_country_and_state_codes_know_common_spellings() -> None:
    assert [country_code(name) for name in ("U.S.A.", "UK", "Czech Republic", "DE", "Narnia")] == [
        *("US", "GB", "CZ", "DE", ""),
    ]
    assert [state_code(name) for name in ("NC", "N.C.", "North Carolina", "in", "ZZ")] == [
        *("NC", "NC", "NC", "", ""),
    ]


@pytest.mark.parametrize(
    ("line", "asked", "precision"),
    [
        ("Sunny Farm", ["Sunny Farm"], "place"),
        ("Sunny Farm, 12 Nowhere Lane", ["Sunny Farm, 12 Nowhere Lane"], "venue"),
        ("Zoom", [], ""),
    ],
)
def test_locate_asks_the_geocoder_last(line: str, asked: list[str], precision: str) -> None:
    lines: list[str] = []

    def geocode(text: str) -> tuple[float, float]:
        lines.append(text)
        return 35.6, -82.55

    locator = Locator(Gazetteer(), geocode=geocode)
    found = [locator.locate(event(line)) for _ in range(2)][-1]
    assert (lines, found.venue.precision if found.venue else "") == (asked, precision)
    assert found.zone == ("America/New_York" if asked else "")
