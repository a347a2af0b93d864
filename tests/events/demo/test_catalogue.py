"""The data files: well-formed, explained, true to the place table; mistakes are named."""

from __future__ import annotations

import shutil
from dataclasses import fields
from itertools import takewhile
from pathlib import Path
from typing import get_args

import pytest

from core.grid import distance_miles
from events.demo.catalogue import (
    FOLDER,
    KINDS,
    TOWNS,
    VENUE_NAMES,
    VENUE_TYPES,
    DataFileError,
    Kind,
    Slot,
    Town,
    kinds_for,
    read_kinds,
    read_towns,
    read_venue_names,
)
from events.models import Place

FILES = sorted(FOLDER.rglob("*.toml"))


def read_all(folder: Path) -> None:
    names = read_venue_names(folder)
    read_towns(folder, names)
    read_kinds(folder, tuple(names["en"]))


def comment_of(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(takewhile(lambda line: line.startswith("#"), lines))


def test_every_file_of_kinds_is_read() -> None:
    assert {path.stem for path in (FOLDER / "kinds").iterdir()} == set(get_args(Slot))
    assert [kinds_for(slot) for slot in get_args(Slot) if not kinds_for(slot)] == []
    assert sum(len(kinds_for(slot)) for slot in get_args(Slot)) == len(KINDS)


def test_keys_and_names_are_unique() -> None:
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    assert len({town.name for town in TOWNS}) == len({town.place_id for town in TOWNS})
    assert len({town.place_id for town in TOWNS}) == len(TOWNS)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.key for kind in KINDS])
def test_kind_is_varied_and_can_be_found(kind: Kind) -> None:
    for choices in (kind.titles, kind.about, kind.details, kind.themes):
        assert len(set(choices)) == len(choices)
    assert len(kind.themes) > 2
    assert set(kind.audience) <= {"adults", "families", "kids", "seniors", "teens", "toddlers"}


def test_every_type_of_venue_and_every_language_is_used() -> None:
    assert {name for kind in KINDS for name in kind.venue_types} == set(VENUE_TYPES)
    assert {town.language for town in TOWNS} == set(VENUE_NAMES)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_file_fits_the_page_and_explains_its_fields(path: Path) -> None:
    assert [line for line in path.read_text("utf-8").splitlines() if len(line) > 100] == []
    told = comment_of(path).replace(",", " ").split()
    needed = {"kinds": fields(Kind), "data": fields(Town)}[path.parent.name]
    if path.stem != "venues":
        given_elsewhere = {"key", "slot", "name"}
        assert {field.name for field in needed} - given_elsewhere <= set(told)


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("kinds/day", "weekly = true", "weekley = true", "market.weekley: Unexpected keyword"),
        ("kinds/evening", "[jazz]\ntitles", "[jazz]\ntitle", "evening.toml: jazz.titles: "),
        ("kinds/evening", 'tags = ["music", "jazz"', 'tags = [3, "jazz"', "jazz.tags.0: "),
        ("kinds/evening", '["19:00", "19:30", "20:00"', '["7 pm"', "jazz.starts.0: String should"),
        ("kinds/evening", "minutes = [120, 150]", "minutes = [0]", "jazz.minutes.0: "),
        (
            "kinds/evening",
            "minutes = [120, 150]",
            "minutes = []",
            "jazz.minutes: Value error, is empty",
        ),
        ("kinds/evening", "minutes = [120, 150]", "days = 2", "jazz: Value error, days: "),
        ("kinds/evening", "age_min = 18", "age_max = 18", "jazz: Value error, age_max: "),
        ("kinds/evening", "weekly = true", "weekly = 1", "jazz.weekly: "),
        ("kinds/evening", "weekly = true", 'slot = "day"', "jazz.slot: is told by the name"),
        ("kinds/evening", '["club", "cafe"', '["clubs", "cafe"', "venue_types: 'clubs' is none"),
        ("kinds/evening", "{Theme} at {venue}", "{Theme} at {place}", "jazz.titles.1: Value error"),
        ("kinds/evening", "{Theme} at {venue}", "{Theme} at {venue", "jazz.titles.1: Value error"),
        ("kinds/evening", "the Marlowe", "{theme}", "jazz.themes.0: Value error, {theme} is none"),
        ("kinds/evening", "[jazz]", "[jazz", "evening.toml: "),
        ("kinds/evening", "[jazz]", "jazz = 3\n[j]", "evening.toml: jazz: Input should be"),
        ("kinds/festival", 'venue_types = ["museum"]', "", "museum-open-day: Value error, venue_"),
        ("kinds/online", "weekly = true", 'venue_types = ["pub"]', "python-meetup: Value error, "),
        ("towns", "lat = 42.3297", "lat = 92.3297", "towns.toml: towns.Newton.areas.0.lat: "),
        ("towns", "America/New_York", "America/Newton", "towns.Newton.timezone: Value error"),
        ("towns", 'timezone = "America/New_York"', 'timezone = "America"', "Newton.timezone: "),
        ("towns", 'streets = "new_england"', 'streets = "old"', "Newton.streets: 'old' is none of"),
        ("towns", "place_id = 4945283", 'name = "N"', "towns.Newton.name: is told by the name"),
        ("towns", 'language = "de"', 'language = "da"', "towns.Berlin.language: 'da' is none of"),
        ("towns", "\n[streets]", "\n[roads]", "towns.toml: streets: Field required"),
        ("venues", 'cinema = ["Kino Rittersporn"]', "", "venues.toml: de: lacks cinema"),
        ("venues", "{street} Library", "{theme} Library", "venues.toml: en.library.0: Value error"),
    ],
)
def test_mistake_is_named_with_file_and_key(
    tmp_path: Path, file: str, old: str, new: str, error: str
) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "data")
    path = folder / f"{file}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError) as raised:
        read_all(folder)
    message = str(raised.value)
    assert message.startswith(f"{path.name}: ")
    assert error in message


def test_all_mistakes_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "data")
    (folder / "kinds" / "online.toml").write_text('[talk]\ntitles = ["{time}"]\nprices = [-1]\n')
    with pytest.raises(DataFileError) as raised:
        read_all(folder)
    keys = [line.split(": ")[1] for line in str(raised.value).splitlines()]
    missing = ("about", "audience", "details", "organizer", "tags", "themes")
    assert sorted(keys) == sorted(
        ["talk.prices.0", "talk.titles.0", *(f"talk.{name}" for name in missing)]
    )


@pytest.mark.django_db
def test_towns_agree_with_the_place_table() -> None:
    for town in TOWNS:
        place = Place.objects.get(pk=town.place_id)
        assert place.timezone == town.timezone
        assert place.country == town.country
        assert place.name in (town.name, f"{town.name} City")
        for area in town.areas:
            assert distance_miles(place.latitude, place.longitude, area.lat, area.lng) < 8
