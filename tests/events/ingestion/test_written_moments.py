from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from events.ingestion.written.clocks import read_clocks
from events.ingestion.written.day_order import day_comes_first
from events.ingestion.written.moments import read_written
from events.ingestion.written.numbers import amounts_in, currency_in, read_degrees
from events.places.corrections import joined_twice, zone_by_point
from events.places.zone_names import tells_the_place, zone_of_name
from tests.events.ingestion.moments import wall
from tests.events.ingestion.parsing import parse_csv

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Dec 12-14, 2026", date(2026, 12, 12), date(2026, 12, 14)),
        ("12.–14. Dezember 2026", date(2026, 12, 12), date(2026, 12, 14)),
        ("12/12/2026 7:00 PM - 9:00 PM", wall(2026, 12, 12, 19), wall(2026, 12, 12, 21)),
        ("2026-12-12/2026-12-14", date(2026, 12, 12), date(2026, 12, 14)),
        ("5 Dec 20:00", wall(2026, 12, 5, 20), None),
        ("2. Januar", date(2027, 1, 2), None),
        ("2026年12月5日 19:30", wall(2026, 12, 5, 19, 30), None),
        ("le 12 décembre 2026 à 20h30", wall(2026, 12, 12, 20, 30), None),
    ],
)
def test_moments_and_spans_of_one_field(
    text: str, start: date | datetime, end: date | datetime | None
) -> None:
    written = read_written(text, today=TODAY)
    assert written is not None
    assert (written.moment(), written.end()) == (start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("11-1pm", 11, 13),
        ("20:00-02:00", 20, 2),
        ("8 PM – midnight", 20, 24),
        ("de 20h à 22h", 20, 22),
        ("Doors 7pm, show 8pm", 20, None),
        ("24:00", 24, None),
    ],
)
def test_clocks_and_spans_of_clocks(text: str, start: int, end: int | None) -> None:
    clocks = read_clocks(text)
    assert clocks is not None
    assert clocks.start == timedelta(hours=start)
    assert clocks.end == (None if end is None else timedelta(hours=end))


@pytest.mark.parametrize("text", ["25:00", "7", "9 to 5", "noonish", "13 PM"])
def test_words_that_are_no_time_are_not_guessed_at(text: str) -> None:
    assert read_clocks(text) is None


def test_unreadable_time_is_noted_and_makes_no_whole_day() -> None:
    table = b"Title,Date,Time\nJam,12/12/2026,half past sevenish\nFair,12/13/2026,TBA\n"
    jam, fair = parse_csv(table).events
    assert (jam.start, fair.start) == (wall(2026, 12, 12, 0), wall(2026, 12, 13, 0))
    assert jam.note == "the time 'half past sevenish' was not understood"
    assert fair.note == "the time is left open: 'TBA'"


def test_order_of_day_and_month_is_proven_by_numbers_and_weekdays() -> None:
    assert day_comes_first(["05/12/2026", "25/12/2026"]) is True
    assert day_comes_first(["05/12/2026", "12/25/2026"]) is False
    assert day_comes_first(["Mon 07/12/2026"]) is True
    assert day_comes_first(["05/12/2026"]) is None


@pytest.mark.parametrize(
    ("text", "amounts", "currency"),
    [
        ("ab 8,00 EUR", ["8.00"], "EUR"),
        ("CHF 1'250.–", ["1250"], "CHF"),
        ("$15–$25", ["15", "25"], "USD"),
        ("1 250,50 €", ["1250.50"], "EUR"),
    ],
)
def test_amounts_keep_their_currency(text: str, amounts: list[str], currency: str) -> None:
    found = list(amounts_in(text))
    assert [amount.value for amount in found] == [Decimal(each) for each in amounts]
    assert {amount.currency for amount in found} == {currency}


def test_sign_of_many_dollars_is_that_of_the_country() -> None:
    assert (currency_in("$20", "CA"), currency_in("$20", "US")) == ("CAD", "USD")
    assert (currency_in("120 kr", "NO"), currency_in("20", "NO")) == ("NOK", "")


def test_degrees_take_a_comma_and_a_side() -> None:
    assert read_degrees("48,1371") == 48.1371
    assert read_degrees("11° 30′ W") == -11.5
    assert read_degrees("north") is None


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("/freeassociation.sourceforge.net/America/New_York", "America/New_York"),
        ("GMT+0530", "Asia/Kolkata"),
        ("Mitteleuropäische Zeit", "Europe/Berlin"),
        ("right/Europe/Rome", "Europe/Rome"),
        ("localtime", None),
        ("Customized Time Zone", None),
    ],
)
def test_zone_of_a_calendars_name_for_it(name: str, zone: str | None) -> None:
    assert zone_of_name(name) == zone


def test_offset_alone_tells_no_place() -> None:
    assert not tells_the_place("Etc/GMT-1")
    assert tells_the_place("Europe/Rome")


def test_zone_of_a_town_is_that_of_its_point() -> None:
    vincennes = ("America/Chicago", "US", 38.677, -87.529)
    assert zone_by_point(*vincennes) == "America/Indiana/Vincennes"
    # Border drawn too roughly: a town of India is not in Myanmar's zone.
    assert zone_by_point("Asia/Kolkata", "IN", 26.203, 93.983) == "Asia/Kolkata"
    assert zone_by_point("Napakiak", "US", 60.697, -161.952) == "America/Anchorage"


def test_two_entries_of_one_town_are_joined() -> None:
    columns = ("geonameid", "name", "countrycode", "admin1code", "latitude", "longitude")
    rows = [(1, 41.41, 500), (2, 41.42, 1800), (3, 42.9, 900)]
    towns = [
        dict(zip(columns, (pk, "Willard", "US", "UT", lat, -112.0), strict=True))
        | {"population": people}
        for pk, lat, people in rows
    ]
    assert list(joined_twice(towns)) == [(1, 2)]
