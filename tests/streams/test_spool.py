"""What a spool's file gives back: cut, full, unwritable, of another version, recovered twice."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from accounts.models import User
from chat_service.streams import sse
from chat_service.streams.journal import spool as spools
from chat_service.streams.journal.rows import Row, read_rows
from chat_service.streams.journal.spool import (
    Spool,
    Spooled,
    SpoolFullError,
    abandoned_spool,
    worker_of,
)
from chat_service.turns.recover import end_orphans, recover_spools
from events.models import ChatMessage, ChatSession, Generation

ROWS = [
    Row(UUID(int=1), 0, 0, b'{"events":[]}'),
    Row(UUID(int=1), 1, 2, "id: a:1\ndata: é😀\n\nid: a:2\ndata: \u2028\n\n".encode()),
]


def contents(path: Path) -> tuple[list[Row], list[Any]] | None:
    """All rows and answers of an abandoned spool, which is removed."""
    with abandoned_spool(path) as pieces:
        if pieces is None:
            return None
        read = list(pieces)
    return [row for each in read for row in each.rows], [
        one for each in read for one in each.answers
    ]


def test_abandoned_spool_gives_back_rows_and_answers(tmp_path: Path) -> None:
    worker = uuid4()
    spool = Spool(tmp_path, worker, 10_000)
    spool.add_rows(ROWS)
    spool.add_answer({"answer": "whole"})
    assert contents(spool.path) is None  # its worker lives
    spool.close()
    assert worker_of(spool.path) == worker
    assert contents(spool.path) == (ROWS, [{"answer": "whole"}])
    assert not spool.path.exists()
    assert contents(spool.path) is None


def test_spool_that_was_cut_anywhere_gives_back_its_whole_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 10_000)
    for row in ROWS:
        spool.add_rows([row])
    content = spool.path.read_bytes()
    spool.close()
    for size in range(len(content) + 1):
        spool.path.write_bytes(content[:size])
        assert contents(spool.path) == (ROWS[: content[:size].count(b"\n")], [])


def test_large_spool_is_read_in_pieces_of_whole_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 2**25)
    rows = [Row(UUID(int=1), n, n, b"x" * 300_000) for n in range(1, 30)]
    rows.append(Row(UUID(int=1), 30, 30, b"y" * (spools.PIECE_BYTES + 1)))
    for row in rows:
        spool.add_rows([row])
    read: list[Row] = []
    at = pieces = 0
    while at < spool.size:
        piece: Spooled = spool.read(at)
        read += piece.rows
        at, pieces = piece.end, pieces + 1
    assert read == rows
    assert pieces == 4
    spool.close()
    assert contents(spool.path) == (rows, [])


def test_full_spool_keeps_room_for_answers(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 1_000)
    with pytest.raises(SpoolFullError):
        spool.add_rows([Row(UUID(int=1), 1, 1, b"x" * 750)])
    assert spool.is_empty
    spool.add_answer({"content": "x" * 750})
    assert [answer["content"] for answer in spool.read(0).answers] == ["x" * 750]
    with pytest.raises(SpoolFullError):
        spool.add_answer({"content": "x" * 750})
    assert len(spool.read(0).answers) == 1
    spool.clear()
    spool.close()
    assert not spool.path.exists()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """What a full disk does: a write ends in the middle, the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 1_000_000)
    spool.add_rows(ROWS)
    with largest_file(spool.size + 500):
        for _ in range(2):
            with pytest.raises(SpoolFullError):
                spool.add_rows([Row(UUID(int=1), 3, 3, b"x" * 750)])
        with pytest.raises(SpoolFullError):
            spool.add_answer({"content": "x" * 750})
        spool.add_answer({"content": "short"})
    spool.close()
    assert contents(spool.path) == (ROWS, [{"content": "short"}])


def test_spool_whose_file_was_deleted_still_gives_back_what_it_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 10_000)
    spool.path.unlink()
    spool.add_rows(ROWS)
    assert spool.read(0).rows == ROWS
    spool.clear()
    spool.close()


# Recovery, in the database ---------------------------------------------------------------


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SPOOL_DIR = tmp_path
    return tmp_path


def running_generation(user: User) -> Generation:
    """A generation whose worker nobody knows."""
    session = ChatSession.objects.create(user=user)
    question = ChatMessage.objects.create(session=session, user=user, role="user", content="q")
    return Generation.objects.create(pk=uuid4(), session=session, user=user, user_message=question)


def frame(generation: Generation, offset: int, **chunk: Any) -> bytes:
    return sse.frame(generation.pk, offset, json.dumps(chunk))


def rows_of(generation: Generation, *words: str) -> list[Row]:
    """A row for the first chunk, and one for each word."""
    said: list[dict[str, Any]] = [{"model": "SYSTEM", "done": False}]
    said += [{"model": "A", "token": word, "done": False} for word in words]
    rows = [
        Row(generation.pk, offset, offset, frame(generation, offset, **chunk))
        for offset, chunk in enumerate(said, 1)
    ]
    return [Row(generation.pk, 0, 0, b'{"variants": ["A"]}'), *rows]


def answer_to(generation: Generation, text: str, offset: int) -> dict[str, Any]:
    answer = {"variant": "A", "content": text, "status": "completed", "metadata": {}}
    return {
        "generation_id": str(generation.pk), "session_id": generation.session_id,
        "user_id": generation.user_id, "user_message_id": generation.user_message_id,
        "status": "completed", "answers": [{**answer, "references": []}],
        "final": {"model": "SYSTEM", "done": True}, "final_offset": offset, "constraints": None,
        "frame": frame(generation, offset, model="SYSTEM", done=True, error="later").decode(),
    }  # fmt: skip


def abandoned(folder: Path, rows: list[Row], *answers: dict[str, Any]) -> Path:
    """The spool of a worker that has ended."""
    spool = Spool(folder, uuid4(), 2**20)
    spool.add_rows(rows)
    for answer in answers:
        spool.add_answer(answer)
    spool.close()
    return spool.path


def saved(generation: Generation) -> tuple[str, list[tuple[str, str]]]:
    generation.refresh_from_db()
    answers = ChatMessage.objects.filter(generation_id=generation.pk).order_by("pk")
    return generation.status, [(answer.content, answer.status) for answer in answers]


def test_recovery_twice_is_recovery_once(alice: User, folder: Path) -> None:
    generation = running_generation(alice)
    path = abandoned(
        folder, rows_of(generation, "all ", "of it"), answer_to(generation, "all of it", 4)
    )
    kept = copy(path, folder / "copy")
    assert recover_spools() == 1
    once, rows = saved(generation), read_rows(generation.pk)
    assert once == ("completed", [("all of it", "completed")])
    assert [row.first for row in rows] == [0, 1, 2, 3, 4]
    # As after a crash between the commit and the removal of the file.
    Path(kept).rename(path)
    assert recover_spools() == 1
    assert (saved(generation), read_rows(generation.pk)) == (once, rows)
    assert recover_spools() == 0


def test_cut_spool_ends_an_answer_with_the_text_before_the_cut(alice: User, folder: Path) -> None:
    generation = running_generation(alice)
    path = abandoned(
        folder, rows_of(generation, "some ", "of it"), answer_to(generation, "some of it", 4)
    )
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"of it") + 2])
    assert recover_spools() == 1
    assert end_orphans() == 1
    assert saved(generation) == ("interrupted", [("some ", "interrupted")])


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"7", b"\xff\xfe", b'{"row": 5}', b'{"answer": {"of": "another version"}}',
     b'{"answer": null}'],
)  # fmt: skip
def test_line_that_is_not_understood_keeps_nobody_from_being_recovered(
    alice: User, folder: Path, line: bytes
) -> None:
    generation = running_generation(alice)
    path = abandoned(folder, rows_of(generation, "whole"), answer_to(generation, "whole", 3))
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert recover_spools() == 1
    assert saved(generation) == ("completed", [("whole", "completed")])
    assert not path.exists()


@pytest.fixture
def dora(committed: None) -> Iterator[User]:
    """Somebody whom other threads see."""
    user = User.objects.create(username="dora", email="dora@example.org")
    yield user
    User.objects.filter(pk=user.pk).delete()


def test_two_workers_that_recover_one_spool_save_it_once(dora: User, folder: Path) -> None:
    generations = [running_generation(dora) for _ in range(8)]
    for generation in generations:
        abandoned(folder, rows_of(generation, "once"), answer_to(generation, "once", 3))

    def recover(_: int) -> int:
        try:
            return recover_spools()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        counts = list(workers.map(recover, range(4)))
    assert sum(counts) == len(generations)
    assert [saved(each) for each in generations] == [("completed", [("once", "completed")])] * len(
        generations
    )
    assert list(folder.iterdir()) == []
