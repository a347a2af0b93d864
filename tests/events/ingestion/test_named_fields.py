from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from events.ingestion.errors import FileBroken
from events.ingestion.records import RawEvent, RawPlace
from tests.events.ingestion.moments import wall
from tests.events.ingestion.parsing import parse_csv, parse_json


def row(header: str, values: str) -> RawEvent:
    (event,) = parse_csv(f"{header}\n{values}\n".encode()).events
    return event


def test_parse_json_reads_our_own_shape() -> None:
    ours = {
        "external_id": "e1",
        "title": "Concert",
        "start_time": "2026-12-05T00:00:00-05:00",
        "end_time": "2026-12-07T00:00:00-05:00",
        "timezone": "America/New_York",
        "all_day": True,
        "venue": {
            "name": "Hall",
            "city": "Asheville",
            "state": "NC",
            "latitude": 35.6,
            "longitude": -82.55,
        },
        "event_attendance_mode": "mixed",
        "event_status": "cancelled",
        "min_price": 10,
        "price": "$10",
        "age_range": "5-12",
        "audience_tags": ["kids"],
        "metadata_tags": ["music"],
        "series_id": "s1",
    }
    (event,) = parse_json(json.dumps({"events": [ours]}).encode()).events
    assert event == RawEvent(
        uid="e1",
        title="Concert",
        start=date(2026, 12, 5),
        end=datetime.fromisoformat("2026-12-07T00:00:00-05:00"),
        zone="America/New_York",
        location="Hall",
        place=RawPlace("Hall", "", "Asheville", "NC", "", "", 35.6, -82.55),
        status="cancelled",
        attendance_mode="mixed",
        price="$10",
        min_price=Decimal(10),
        age_range="5-12",
        audience=("kids",),
        keywords=("music",),
        series_id="s1",
    )


def test_parse_json_broken_records_are_reported() -> None:
    parsed = parse_json(b'[{"name": "No start"}, 7, {"name": "Good", "start": "2026-12-05"}]')
    assert [event.title for event in parsed.events] == ["Good"]
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("entry 1", "No start", "the start is missing"),
        ("entry 2", "", "it is not an object"),
    ]


def test_parse_json_scalar_is_refused() -> None:
    with pytest.raises(FileBroken):
        parse_json(b"42")


def test_parse_csv_reads_a_calendar_programs_export() -> None:
    event = row(
        "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location",
        'Concert,12/05/2026,7:30 PM,12/05/2026,9:00 PM,False,"Loud, long","Hall, Davis, CA"',
    )
    assert (event.title, event.description) == ("Concert", "Loud, long")
    assert (event.start, event.end) == (wall(2026, 12, 5, 19, 30), wall(2026, 12, 5, 21))
    assert event.location == "Hall, Davis, CA"


def test_parse_csv_all_day_includes_the_last_day() -> None:
    event = row("Subject,Start Date,End Date,All Day Event", "Fair,12/05/2026,12/06/2026,True")
    assert (event.start, event.end) == (date(2026, 12, 5), date(2026, 12, 7))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_parse_csv_finds_the_delimiter(mark: str) -> None:
    event = row(
        mark.join(("name", "date", "city", "price")),
        mark.join(("Fair", "2026-12-05", "Davis", "5")),
    )
    assert (event.title, event.price) == ("Fair", "5")
    assert event.place == RawPlace(city="Davis")


def test_parse_csv_reads_old_encodings() -> None:
    (event,) = parse_csv("title;start\nCafé;2026-12-05".encode("cp1252")).events
    assert event.title == "Café"
    (event,) = parse_csv("title;start\nCafé;2026-12-05".encode("utf-16")).events
    assert event.title == "Café"


def test_parse_csv_broken_row_is_reported() -> None:
    parsed = parse_csv(b"title,start\nGood,2026-12-05\nBad,someday\n\n,\n")
    assert [event.title for event in parsed.events] == ["Good"]
    assert [(each.external_id, each.title, each.reason) for each in parsed.broken] == [
        ("row 3", "Bad", "the start 'someday' cannot be read")
    ]


def test_parse_csv_unclosed_quote_is_refused() -> None:
    with pytest.raises(FileBroken):
        parse_csv(b'title,start\n"' + b"x" * 200_000)


@pytest.mark.parametrize(
    "table",
    [
        "Titel;Datum;Uhrzeit;Ort\nKonzert;05.12.2026;19:30;Köln",
        "Titre;Date de début;Heure;Lieu\nKonzert;2026-12-05;19:30;Köln",
        "Título\tFecha\tHora\tLugar\nKonzert\t2026-12-05\t19:30\tKöln",
        "sep=,\r\nTitolo,Data,Ora,Luogo\r\nKonzert,2026-12-05,19:30,Köln",
        'NAME|"START, local"|When|Where\nKonzert||2026-12-05T19:30|Köln',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_parse_csv_headers_delimiters_and_encodings_are_found(table: str, encoding: str) -> None:
    (event,) = parse_csv(table.encode(encoding)).events
    assert (event.title, event.start, event.location) == (
        *("Konzert", wall(2026, 12, 5, 19, 30), "Köln"),
    )


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1250", "Přednáška o dějinách města: Žižkov, Vršovice a Příbram v říjnu"),
        ("cp1251", "Концерт классической музыки в городском парке"),
        ("shift_jis", "音楽会と展覧会のお知らせ、東京文化会館にて"),
        ("gb18030", "音乐会与展览的通知，北京音乐厅和上海图书馆"),
    ],
)
def test_parse_csv_old_encodings_are_guessed(encoding: str, title: str) -> None:
    table = f"title;start\n{title};2026-12-05\n" * 1 + f"{title};2026-12-06\n" * 3
    events = parse_csv(table.encode(encoding)).events
    assert [event.title for event in events] == [title] * 4
