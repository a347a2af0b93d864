from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events.models import EmbeddingDue, Event, EventSearchRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "town.csv"
    path.write_text(
        "title,start,city,state\nConcert,2026-12-05 19:30,Davis,CA\nTalk,soon,Davis,CA\n"
    )
    return path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, verbosity=0, skip_checks=True)
    return out.getvalue()


def test_import_events_tells_what_became_of_the_entries(table: Path) -> None:
    lines = run("import_events", str(table), "--source", "Town").splitlines()
    assert [line.split() for line in lines[:8]] == [
        ["Town:", "2", "entries"],
        ["created", "1"],
        ["updated", "0"],
        ["unchanged", "0"],
        ["copies", "0"],
        ["merged", "0"],
        ["skipped", "1"],
        ["time", "zones", "1", "from", "the", "place"],
    ]
    assert lines[8] == "1 × broken entry: the start 'soon' cannot be read"
    assert Event.objects.get().timezone == "America/Los_Angeles"
    assert EventSearchRow.objects.get().embedding_model


def test_import_events_without_vectors_leaves_them_to_the_service(table: Path) -> None:
    run("import_events", str(table), "--without-vectors")
    row = EventSearchRow.objects.get()
    assert (row.embedding, row.embedding_model) == (None, "")
    assert EmbeddingDue.objects.get().event == Event.objects.get()


def test_import_events_refuses_a_missing_file_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        run("import_events", str(tmp_path / "missing.ics"))


def test_import_events_refuses_an_unknown_zone(table: Path) -> None:
    with pytest.raises(CommandError, match="not an IANA time zone"):
        run("import_events", str(table), "--timezone", "Mars/Olympus")


def test_reindex_events_makes_missing_rows(table: Path) -> None:
    run("import_events", str(table))
    EventSearchRow.objects.all().delete()
    assert run("reindex_events").startswith("1 events checked, 1 rows made anew in ")
    assert run("reindex_events").startswith("1 events checked, 0 rows made anew in ")
    assert run("reindex_events", "--all").startswith("1 events checked, 1 rows made anew in ")
