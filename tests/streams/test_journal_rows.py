"""Journal rows as they are written: whole, once, and only for a living worker."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from accounts.models import User
from chat_service.stores.generations import request_stop
from chat_service.stores.questions import Question, save_question
from chat_service.streams.journal.leases import declare_dead, register_worker
from chat_service.streams.journal.rows import Row, insert_rows, insert_rows_of, read_rows
from events.models import Generation

pytestmark = pytest.mark.django_db


def test_rows_come_back_byte_for_byte() -> None:
    worker, generation = uuid4(), uuid4()
    register_worker(worker)
    rows = [
        Row(generation, 0, 0, b'{"plan": "%s \\\\x00"}'),
        Row(generation, 1, 40_000, bytes(range(256)) * 300),
        Row(generation, 40_001, 999_999_999, b""),
    ]
    assert insert_rows_of(worker, rows) == []
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
    assert insert_rows_of(worker, []) == []
    declare_dead(worker)
    assert insert_rows_of(worker, []) is None


def test_rows_of_a_dead_worker_are_refused() -> None:
    worker, generation = uuid4(), uuid4()
    register_worker(worker)
    declare_dead(worker)
    assert insert_rows_of(worker, [Row(generation, 1, 1, b"late")]) is None
    assert read_rows(generation) == []


def test_writing_says_what_of_the_workers_own_is_to_be_stopped(alice: User, bob: User) -> None:
    worker, other = uuid4(), uuid4()
    asked: dict[UUID, UUID] = {}
    for each, user in ((worker, alice), (other, bob)):
        register_worker(each)
        asked[each] = uuid4()
        save_question(Question(user.pk, "jazz?", {}, asked[each], each, "continue"))
    assert insert_rows_of(worker, []) == []
    for user, each in ((alice, worker), (bob, other)):
        request_stop(user.pk, asked[each])
    assert insert_rows_of(worker, []) == [asked[worker]]
    Generation.objects.filter(pk=asked[worker]).update(status="stopped")
    assert insert_rows_of(worker, []) == []
