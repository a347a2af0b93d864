"""What the benchmark of a turn calls the same, and what it charges to whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.turn.builds import CALENDARS, calendar_files
from benchmarks.turn.measuring import Block
from benchmarks.turn.messages import CONVERSATIONS, cost_messages
from benchmarks.turn.processes import ProcessTree, disk_megabytes
from benchmarks.turn.recording import (
    differences,
    event_ids,
    normalised,
    text_of,
    without_tokens,
)
from benchmarks.turn.report import blocks_table, ratios_table

NAMES = {7: "davis:a:2026-12-05", 8: "davis:b:2026-12-06"}


def test_every_message_has_a_word_of_its_own() -> None:
    messages = [*cost_messages(300, "one client"), *cost_messages(300, "sixteen")]
    words = [message.rsplit(" ", 1)[1] for message in messages]
    assert len(set(words)) == 600
    assert cost_messages(300, "sixteen") == messages[300:]


def test_conversations_hold_fifty_messages() -> None:
    assert sum(map(len, CONVERSATIONS)) == 50


def test_text_is_the_same_however_it_is_cut_into_tokens() -> None:
    head = {"model": "SYSTEM", "token": "", "done": False, "session_id": 1}
    end = {"model": "A", "token": "", "done": True}
    words = [{"model": "A", "token": word, "done": False} for word in ("One ", "two.")]
    lines = [{"model": "A", "token": "One two.", "done": False}]
    for cut in (words, lines):
        chunks = [head, *cut, end]
        assert text_of(chunks) == "One two."
        assert [chunk["model"] for chunk in without_tokens(chunks)] == ["SYSTEM", "A"]


def test_ids_and_times_are_left_out_and_events_go_by_their_sources_names() -> None:
    turn = {
        "session_id": 3,
        "response_time_ms": 12,
        "all_event_ids": [8, 7],
        "event_metadata": {"7": {"final_score": 0.12345678, "cited": True}},
        "referenced_events": [{"id": 7, "title": "Hike", "url": "/api/v1/events/7.ics"}],
    }
    assert normalised(turn, NAMES) == {
        "all_event_ids": [NAMES[8], NAMES[7]],
        "event_metadata": {NAMES[7]: {"final_score": 0.123457, "cited": True}},
        "referenced_events": [
            {"id": NAMES[7], "title": "Hike", "url": f"/api/v1/events/{NAMES[7]}.ics"}
        ],
    }
    assert set(event_ids(turn)) == {7, 8}


def test_differences_are_named_by_their_paths() -> None:
    old = {"text": "a", "chunks": [{"done": True, "act": None}], "order": [1, 2]}
    new = {"text": "b", "chunks": [{"done": 1}], "order": [1]}
    assert list(differences(old, new)) == [
        "chunks[0].act: only in the old one: null",
        "chunks[0].done: true → 1",
        "order: [1, 2] → [1]",
        'text: "a" → "b"',
    ]
    assert list(differences(old, old)) == []


def test_a_process_is_charged_with_what_its_children_use() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]);"
        "print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        tree = ProcessTree(process.pid)
        assert tree.pids() == [process.pid]
        assert tree.cpu_seconds() >= 0.29
        assert 0 < tree.private_megabytes() < tree.resident_megabytes()
        process.communicate()


def test_disk_is_counted_over_all_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"x" * 2**20)
    assert 2 <= disk_megabytes(tmp_path / "a", tmp_path / "b") < 2.2


def test_missing_calendars_are_named(tmp_path: Path) -> None:
    for name in CALENDARS[1:]:
        (tmp_path / f"{name}.ics").touch()
    with pytest.raises(SystemExit, match=r"Left out: santarosa\.ics not found"):
        calendar_files(tmp_path)


def test_ratios_are_new_to_old() -> None:
    old = Block(2, service_ms=60, postgres_ms=20, walls=(700, 800), turns_a_second=2)
    new = Block(2, service_ms=15, postgres_ms=5, walls=(30, 80), turns_a_second=20)
    lines = [line.split("|") for line in blocks_table([(old, new)]).splitlines()]
    ratios = {cells[1].strip(): float(cells[4]) for cells in lines[2:]}
    assert ratios["CPU of both, ms"] == 0.25
    assert ratios["wall p95, ms"] == 0.1
    assert ratios_table([(old, new)]).splitlines()[-1].split("|")[4].strip() == "0.25"
