"""Reads and marks generations, the answers in the making; scoped by their owner or session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.authentication import require_active
from core.errors import GenerationInProgress, NotFound
from events.models import ChatMessage, Generation


def running_generation(session_id: int) -> Generation | None:
    """The answer that is being written in a session."""
    return Generation.objects.running().filter(session_id=session_id).first()


def refuse_while_running(session_id: int) -> None:
    """Raises GenerationInProgress, with the id, when an answer is being written here."""
    running = running_generation(session_id)
    if running is not None:
        raise GenerationInProgress(fields={"generation_id": str(running.pk)})


def require_generation(user_id: int, generation_id: UUID) -> Generation:
    """This user's generation.

    Raises:
        NotFound: there is none with this id for this user, or it is too old.
    """
    generation = Generation.objects.owned_by(user_id).filter(pk=generation_id).first()
    if generation is None:
        raise NotFound("There is no such answer, or it is too old.")
    return generation


def request_stop(user_id: int, generation_id: UUID) -> dict[str, Any]:
    """Marks a running generation to be stopped; returns its status, as `generation_status`."""
    generation = require_generation(require_active(user_id), generation_id)
    Generation.objects.running().filter(pk=generation.pk).update(stop_requested=True)
    return generation_status(user_id, generation_id)


def generation_status(user_id: int, generation_id: UUID) -> dict[str, Any]:
    """How far an answer is, by the names of the contract.

    Raises:
        AuthFailed: the user is gone or inactive.
        NotFound: as in `require_generation`.
    """
    generation = require_generation(require_active(user_id), generation_id)
    messages = ChatMessage.objects.filter(generation_id=generation.pk).order_by("variant")
    return {
        "id": generation.pk,
        "session_id": generation.session_id,
        "user_message_id": generation.user_message_id,
        "message_ids": list(messages.values_list("pk", flat=True)),
        "status": generation.status,
        "stop_requested": generation.stop_requested,
        "on_disconnect": generation.on_disconnect,
        "created_at": generation.created_at,
        "ended_at": generation.ended_at,
    }
