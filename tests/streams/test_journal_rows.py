"""Journal rows as they are written: whole, once, and only for a living worker."""

from __future__ import annotations

from uuid import uuid4

import pytest

from chat_service.streams.journal.leases import declare_dead, register_worker
from chat_service.streams.journal.rows import Row, insert_rows, insert_rows_of, read_rows

pytestmark = pytest.mark.django_db


def test_rows_come_back_byte_for_byte() -> None:
    worker, generation = uuid4(), uuid4()
    register_worker(worker)
    rows = [
        Row(generation, 0, 0, b'{"plan": "%s \\\\x00"}'),
        Row(generation, 1, 40_000, bytes(range(256)) * 300),
        Row(generation, 40_001, 999_999_999, b""),
    ]
    assert insert_rows_of(worker, rows)
    assert read_rows(generation) == rows


def test_rows_that_are_there_stay() -> None:
    generation = uuid4()
    insert_rows([Row(generation, 1, 1, b"first")])
    insert_rows([Row(generation, 1, 1, b"second"), Row(generation, 2, 2, b"third")])
    assert read_rows(generation) == [
        Row(generation, 1, 1, b"first"),
        Row(generation, 2, 2, b"third"),
    ]


def test_no_rows_still_tell_whether_the_worker_lives() -> None:
    worker = uuid4()
    register_worker(worker)
    assert insert_rows_of(worker, [])
    declare_dead(worker)
    assert not insert_rows_of(worker, [])


def test_rows_of_a_dead_worker_are_refused() -> None:
    worker, generation = uuid4(), uuid4()
    register_worker(worker)
    declare_dead(worker)
    assert not insert_rows_of(worker, [Row(generation, 1, 1, b"late")])
    assert read_rows(generation) == []
