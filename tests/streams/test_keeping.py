"""What is kept for how long."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from chat_service.streams.journal.rows import Row, insert_rows, read_rows
from events.models import ChatMessage, ChatSession, Generation, IdempotentRequest
from tests.conftest import Person
from tests.serving import Service
from tests.streams.reading import ended, messages_of, start


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


def test_pruned_answer_cannot_be_resumed_and_its_message_stays(
    service: Service, ann: Person
) -> None:
    generation, session = start(ann.client, "go")
    assert ended(ann.client, generation) == "completed"
    path = f"/chat/generations/{generation}/stream"
    for hours, status in ((23.9, 200), (24.1, 404)):
        long_ago = timezone.now() - timedelta(hours=hours)
        Generation.objects.filter(pk=generation).update(ended_at=long_ago)
        call_command("prune_generations", stdout=StringIO())
        assert ann.client.get(path).status_code == status
    told = [message["content"] for message in messages_of(ann.client, session)]
    assert told == ["go", "I would go to [1] and [2]."]
