from __future__ import annotations

from pathlib import Path

import pytest

from events.ingestion.errors import FileBroken, FileTooLarge, ImportFileError
from events.ingestion.fetching.fetch import MAX_FILE_BYTES
from events.ingestion.pipeline import CHUNK, ImportOptions, import_calendar
from events.ingestion.report import ImportReport
from events.ingestion.store import StoreReport
from events.models import Event, EventSearchRow, Venue
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc

pytestmark = pytest.mark.django_db

NOW = utc(2026, 11, 20)
TABLE = """title,start,location,price
Concert,2026-12-05 19:30,"Hall, Asheville, NC",$10
Concert,2026-12-05 19:30,"The Hall, Asheville, NC",
Talk,someday,"Hall, Asheville, NC",
Reading,2026-12-06 19:30,Zoom,
"""


def run(path: Path, *, source: str = "", dry_run: bool = False) -> ImportReport:
    options = ImportOptions("UTC", source=source, dry_run=dry_run)
    return import_calendar(str(path), options, embedder=HashingEmbedder(), now=NOW)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "town.csv"
    path.write_text(TABLE)
    return path


def test_import_calendar_accounts_for_every_entry(table: Path) -> None:
    report = run(table)
    assert (report.source, report.found, report.stored) == ("town", 4, StoreReport(created=2))
    assert [(name, count) for name, count, _ in report.reasons()] == [
        ("merged duplicate", 1),
        ("time zone assumed", 1),
        ("broken entry: the start 'someday' cannot be read", 1),
    ]
    assert list(Event.objects.values_list("title", "location", "price")) == [
        ("Concert", "Hall, Asheville, NC", "$10"),
        ("Reading", "Online", ""),
    ]


def test_import_calendar_twice_changes_nothing(table: Path) -> None:
    run(table)
    assert run(table).stored == StoreReport(unchanged=2)


def test_import_calendar_dry_run_stores_nothing(table: Path) -> None:
    report = run(table, dry_run=True)
    assert [draft.title for draft in report.drafts] == ["Concert", "Reading"]
    assert (Event.objects.count(), Venue.objects.count()) == (0, 0)


def test_import_calendar_cut_off_file_leaves_nothing_behind(
    shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.ics"
    path.write_bytes((shared_data / "davis.ics").read_bytes()[:200_000])
    with pytest.raises(FileBroken, match="cut off"):
        run(path)
    assert (Event.objects.count(), Venue.objects.count()) == (0, 0)


def test_import_calendar_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.ics"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(FileTooLarge):
        run(path)


def test_import_calendar_source_needs_a_name(tmp_path: Path) -> None:
    path = tmp_path / "town.csv"
    path.write_text(TABLE)
    with pytest.raises(ImportFileError):
        run(path, source="  ")


def test_import_calendar_real_calendar_comes_in_whole(shared_data: Path) -> None:
    report = run(shared_data / "davis.ics")
    assert report.stored.created + len(report.merged) + len(report.skipped) == 625
    assert len(report.skipped) == 0
    placed = Event.objects.filter(venue__latitude__isnull=False).count()
    online = Event.objects.filter(event_attendance_mode="online").count()
    assert placed + online == report.stored.created
    assert EventSearchRow.objects.count() == report.stored.created
    assert Venue.objects.count() < 100
    assert run(shared_data / "davis.ics").stored.unchanged == report.stored.created


def test_import_calendar_real_conferences_know_their_places(shared_data: Path) -> None:
    report = run(shared_data / "conferences.jsonld")
    assert report.stored.created == 393
    berlin = Event.objects.filter(venue__city="Berlin").first()
    assert berlin is not None
    assert (berlin.timezone, berlin.all_day) == ("Europe/Berlin", True)
    # What is online only has neither a place nor a time of day there, and the feed no zone.
    assert report.zones == {"place": 338, "assumed": 55}
    assert [(note.kind, note.count) for note in report.notes] == [("time zone assumed", 1)] * 55
    offline = Event.objects.exclude(event_attendance_mode="online")
    assert offline.filter(venue__latitude__isnull=True).count() == 0


def test_import_calendar_online_events_are_in_the_zone_of_the_others(tmp_path: Path) -> None:
    rows = [f'Concert {day},2026-12-{day:02} 19:30,"Hall, Davis, CA"' for day in range(1, 6)]
    path = tmp_path / "davis.csv"
    path.write_text("\n".join(["title,start,location", *rows, "Talk,2026-12-05 19:30,Zoom"]))
    report = run(path)
    assert report.zones == {"place": 5, "other events": 1}
    talk = Event.objects.get(title="Talk")
    assert (talk.start_time, talk.timezone) == (utc(2026, 12, 6, 3, 30), "America/Los_Angeles")
    assert report.notes == ()


def test_import_calendar_place_that_nothing_knows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "town.csv"
    path.write_text("title,start,location\nConcert,2026-12-05 19:30,The Old Mill\nTalk,2026-12-06,")
    notes = run(path).notes
    assert [(note.title, note.kind) for note in notes] == [
        *(("Concert", "time zone assumed"), ("Concert", "no place")),
        *(("Talk", "time zone assumed"), ("Talk", "no place")),
    ]
    assert [note.reason for note in notes[1::2]] == [
        "it is unknown where 'The Old Mill' is",
        "none named",
    ]


def test_import_calendar_music_is_tagged_where_it_is_music(shared_data: Path) -> None:
    report = run(shared_data / "asheville.ics", dry_run=True)
    tagged = {draft.title: "music" in draft.metadata_tags for draft in report.drafts}
    assert tagged["BLUEGRASS JAM"]
    assert not tagged["West Asheville Tailgate Market"]
    assert not tagged["Toddler Story Time"]


def test_import_calendar_duplicates_far_apart_are_one(tmp_path: Path) -> None:
    rows = [f"Concert {number},2026-12-05 19:30,Zoom\n" for number in range(CHUNK + 10)]
    path = tmp_path / "many.csv"
    path.write_text("title,start,location\n" + "".join([*rows, rows[0]]))
    report = run(path, dry_run=True)
    assert (report.found, len(report.drafts), len(report.merged)) == (CHUNK + 11, CHUNK + 10, 1)
