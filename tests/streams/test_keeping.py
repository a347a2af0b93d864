"""What is kept for how long, and what a spool's file gives back."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from chat_service.journal.rows import Row, insert_rows, read_rows
from chat_service.journal.spool import Spool, SpoolFullError, abandoned_spool, worker_of
from events.models import ChatMessage, ChatSession, Generation, IdempotentRequest


def ended_generation(user: User, hours: float) -> Generation:
    """A generation that ended so long ago, with a message, a journal and a key."""
    session = ChatSession.objects.create(user=user)
    message = ChatMessage.objects.create(session=session, user=user, role="user", content="q")
    generation = Generation.objects.create(
        pk=uuid4(),
        session=session,
        user=user,
        user_message=message,
        status="completed",
        ended_at=timezone.now() - timedelta(hours=hours),
    )
    insert_rows([Row(generation.pk, 1, 1, b"id: x:1\ndata: {}\n\n")])
    IdempotentRequest.objects.create(
        user=user, key=str(generation.pk), fingerprint="f", generation=generation
    )
    return generation


def test_journal_is_pruned_after_a_day_and_messages_stay(alice: User) -> None:
    old, new = ended_generation(alice, 24.1), ended_generation(alice, 23.9)
    ownerless = uuid4()
    insert_rows([Row(ownerless, 1, 1, b"")])
    printed = StringIO()
    call_command("prune_generations", stdout=printed)
    assert list(Generation.objects.values_list("pk", flat=True)) == [new.pk]
    assert [len(read_rows(pk)) for pk in (old.pk, new.pk, ownerless)] == [0, 1, 0]
    assert list(IdempotentRequest.objects.values_list("generation", flat=True)) == [new.pk]
    assert ChatMessage.objects.filter(user=alice).count() == 2
    counted = "Deleted: 1 chunks, 1 keys, 1 generations, 0 workers, "
    assert printed.getvalue().startswith(counted)


ROWS = [
    Row(UUID(int=1), 0, 0, b'{"events":[]}'),
    Row(UUID(int=1), 1, 2, "id: a:1\ndata: é😀\n\nid: a:2\ndata: \u2028\n\n".encode()),
]


def test_abandoned_spool_gives_back_rows_and_answers(tmp_path: Path) -> None:
    worker = uuid4()
    spool = Spool(tmp_path, worker, 10_000)
    spool.add_rows(ROWS)
    spool.add_answer({"answer": "whole"})
    with abandoned_spool(spool.path) as found:
        assert found is None  # its worker lives
    spool.close()
    assert worker_of(spool.path) == worker
    with abandoned_spool(spool.path) as found:
        assert found is not None
        assert (found.rows, found.answers) == (ROWS, [{"answer": "whole"}])
    assert not spool.path.exists()
    with abandoned_spool(spool.path) as found:
        assert found is None


def test_spool_that_was_cut_anywhere_gives_back_its_whole_lines(tmp_path: Path) -> None:
    spool = Spool(tmp_path, uuid4(), 10_000)
    for row in ROWS:
        spool.add_rows([row])
    content = spool.path.read_bytes()
    spool.close()
    for size in range(len(content) + 1):
        spool.path.write_bytes(content[:size])
        with abandoned_spool(spool.path) as found:
            assert found is not None
            assert found.rows == ROWS[: content[:size].count(b"\n")]


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
