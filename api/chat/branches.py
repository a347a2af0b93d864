"""Branches of a conversation, a resource: list siblings, switch to one, prefer one."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router

from accounts.models import User
from api.schemas import MessageOut, StatusOut
from chat_service.stores.branches import prefer_answer, siblings_of, switch_branch
from core.errors import ErrorOut
from events.models import ChatMessage

router = Router(tags=["conversations"])
MessageId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Errors = {401: ErrorOut, 404: ErrorOut, 422: ErrorOut}


class SiblingOut(MessageOut):
    """`is_current`: whether it is on the branch that is shown."""

    is_current: bool


def _user_id(request: HttpRequest) -> int:
    user: User = request.auth  # type: ignore[attr-defined]
    return user.pk


@router.get("/chat/messages/{message_id}/siblings", response={200: list[SiblingOut], **Errors})
def list_siblings(request: HttpRequest, message_id: MessageId) -> list[SiblingOut]:
    """A message and its alternatives, oldest first: other wordings, or other answers."""
    messages = ChatMessage.objects.filter(pk__in=siblings_of(_user_id(request), message_id))
    return [
        SiblingOut(**MessageOut.of(message).model_dump(), is_current=message.is_current)
        for message in messages.with_referenced_events().order_by("pk")
    ]


@router.post(
    "/chat/messages/{message_id}/switch", response={200: StatusOut, 409: ErrorOut, **Errors}
)
def switch(request: HttpRequest, message_id: MessageId) -> dict[str, str]:
    """Shows the branch that goes through this message, down to its latest end."""
    switch_branch(_user_id(request), message_id)
    return {"status": "switched"}


@router.post(
    "/chat/messages/{message_id}/prefer", response={200: StatusOut, 409: ErrorOut, **Errors}
)
def prefer(request: HttpRequest, message_id: MessageId) -> dict[str, str]:
    """Records which answer is liked best among its siblings, and shows its branch."""
    prefer_answer(_user_id(request), message_id)
    return {"status": "preferred"}
