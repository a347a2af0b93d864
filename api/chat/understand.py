"""What a message would mean and find, before it is sent: nothing is saved, no model is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chat_service.streams.chunks import ActOut
from chat_service.turns.acts.stored import act_told
from chat_service.turns.requests import MessageIn
from chat_service.turns.understanding import understand_request
from core.errors import ErrorOut
from rag.service import constraints_to_json, count_matches
from rag.types import Relaxation

router = Router(tags=["chat"])


class RelaxationOut(Schema):
    """One change that brings more events; `message` is what to send for it."""

    name: str
    label: str
    message: str
    matches: int
    constraints: Mapping[str, Any]

    @classmethod
    def of(cls, relaxation: Relaxation) -> RelaxationOut:
        return cls(
            name=relaxation.name,
            label=relaxation.label,
            message=relaxation.message,
            matches=relaxation.matches,
            constraints=constraints_to_json(relaxation.constraints),
        )


class UnderstandingOut(Schema):
    """`matches` counts the events that fit, at most 500 (those of a relaxation: 25).

    `act` is the first thing that the message wants done, `acts` all of them.
    """

    act: ActOut
    acts: list[ActOut]
    constraints: Mapping[str, Any]
    matches: int
    relaxations: list[RelaxationOut]


@router.post(
    "/chat/understand",
    response={200: UnderstandingOut, 401: ErrorOut, 422: ErrorOut, 503: ErrorOut},
)
def understand(request: HttpRequest, body: MessageIn) -> UnderstandingOut:
    """What the words mean, how many events fit, and what would bring more."""
    user_id: int = request.auth.pk  # type: ignore[attr-defined]
    understood = understand_request(user_id, body)
    preview = count_matches(understood.constraints, now=understood.now)
    acts = [ActOut(**act_told(act)) for act in understood.acts]
    return UnderstandingOut(
        act=acts[0],
        acts=acts,
        constraints=constraints_to_json(understood.constraints),
        matches=preview.matches,
        relaxations=[RelaxationOut.of(each) for each in preview.relaxations],
    )
