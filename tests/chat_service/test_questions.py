"""What a turn keeps before its first token: few statements, one commit, nobody else's session."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from accounts.models import User
from chat_service.stores.conversations import save_message
from chat_service.stores.questions import Question, find_session_of_active, save_question
from chat_service.streams.journal.leases import register_worker
from core.errors import AuthFailed, GenerationInProgress
from events.models import ChatMessage, ChatSession, Generation


@pytest.fixture
def worker(db: None) -> UUID:
    worker_id = uuid4()
    register_worker(worker_id)
    return worker_id


def _question(user: User, worker: UUID, content: str = "jazz?") -> Question:
    return Question(user.pk, content, {"client_message_id": "7"}, uuid4(), worker, "stop")


def test_new_session_is_one_statement(
    alice: User, worker: UUID, django_assert_num_queries: Any
) -> None:
    question = _question(alice, worker, "jazz " * 20)
    with django_assert_num_queries(1):
        saved = save_question(question)
    session = ChatSession.objects.get(pk=saved.session_id)
    message = ChatMessage.objects.get(pk=saved.message_id)
    generation = Generation.objects.get(pk=question.generation_id)
    assert (session.user_id, session.title) == (alice.pk, ("jazz " * 20)[:50] + "...")
    assert (session.is_active, session.context) == (True, {})
    assert (message.session_id, message.user_id, message.role) == (session.pk, alice.pk, "user")
    assert (message.content, message.metadata) == ("jazz " * 20, {"client_message_id": "7"})
    assert (message.status, message.variant, message.is_current) == ("completed", "A", True)
    assert (message.parent_id, message.generation_id, message.preferred) == (None, None, None)
    assert (generation.session_id, generation.user_message_id) == (session.pk, message.pk)
    assert (generation.user_id, generation.worker_id) == (alice.pk, worker)
    assert (generation.status, generation.on_disconnect) == ("running", "stop")
    assert session.updated_at == message.created_at == generation.created_at


def test_further_message_follows_the_branch_in_three_statements(
    alice: User, worker: UUID, django_assert_num_queries: Any
) -> None:
    session = ChatSession.objects.create(user=alice)
    said = [save_message(session, "user", f"number {n}") for n in range(12)]
    ChatMessage.objects.filter(pk=said[3].pk).update(is_current=False)
    before = ChatSession.objects.get(pk=session.pk)
    with django_assert_num_queries(3):
        saved = save_question(_question(alice, worker), session.pk)
    current = [n for n in range(12) if n != 3][-10:]
    assert [each["content"] for each in saved.history] == [f"number {n}" for n in current]
    assert {each["role"] for each in saved.history} == {"user"}
    message = ChatMessage.objects.get(pk=saved.message_id)
    assert (message.session_id, message.parent_id) == (session.pk, said[-1].pk)
    after = ChatSession.objects.get(pk=session.pk)
    assert (after.title, after.updated_at > before.updated_at) == ("number 0", True)


def test_first_message_names_a_session_without_a_title(alice: User, worker: UUID) -> None:
    session = ChatSession.objects.create(user=alice)
    saved = save_question(_question(alice, worker), session.pk)
    assert saved.history == []
    assert ChatSession.objects.get(pk=session.pk).title == "jazz?"


def test_nothing_is_kept_while_an_answer_is_written(alice: User, worker: UUID) -> None:
    first = _question(alice, worker)
    saved = save_question(first)
    with pytest.raises(GenerationInProgress) as refused, transaction.atomic():
        save_question(_question(alice, worker), saved.session_id)
    assert refused.value.fields == {"generation_id": str(first.generation_id)}
    assert ChatMessage.objects.filter(session_id=saved.session_id).count() == 1


def test_somebody_elses_session_is_as_if_there_were_none(
    alice: User, bob: User, worker: UUID
) -> None:
    session = ChatSession.objects.create(user=alice, title="mine", context={"location": "Newton"})
    assert find_session_of_active(bob.pk, session.pk).session is None
    assert find_session_of_active(bob.pk, None).session is None
    saved = save_question(_question(bob, worker), session.pk)
    assert ChatSession.objects.get(pk=saved.session_id).user_id == bob.pk
    found = find_session_of_active(alice.pk, session.pk).session
    assert found is not None
    assert (found.pk, found.context) == (session.pk, {"location": "Newton"})
    assert not ChatMessage.objects.filter(session=session).exists()


def test_user_who_is_gone_or_inactive_is_not_signed_in(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for user_id in (alice.pk, 2**40):
        with pytest.raises(AuthFailed):
            find_session_of_active(user_id, None)
