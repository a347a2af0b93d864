"""Shapes that several routers answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from chat_service.stores.branches import alternatives_of
from events.exports.representation import ReferencedEventOut
from events.models import ChatMessage


class StatusOut(Schema):
    status: str


class MessageOut(Schema):
    id: int
    role: str
    content: str
    created_at: datetime
    metadata: Mapping[str, Any]
    status: str
    generation_id: UUID | None
    parent_id: int | None
    variant: str
    preferred: bool | None
    referenced_events: list[ReferencedEventOut]

    @classmethod
    def of(cls, message: ChatMessage) -> MessageOut:
        """A message whose references are prefetched (see `with_referenced_events`)."""
        return cls(
            id=message.pk,
            role=message.role,
            content=message.content,
            created_at=message.created_at,
            metadata=message.metadata,
            status=message.status,
            generation_id=message.generation_id,
            parent_id=message.parent_id,
            variant=message.variant,
            preferred=message.preferred,
            referenced_events=[
                ReferencedEventOut.of_reference(reference) for reference in message.references.all()
            ],
        )


class BranchMessageOut(MessageOut):
    """`sibling_ids` are it and its alternatives, oldest first."""

    sibling_ids: list[int]

    @classmethod
    def all_of(cls, messages: Sequence[ChatMessage]) -> list[BranchMessageOut]:
        """Messages of one session, their references prefetched."""
        siblings = alternatives_of(messages)
        return [
            cls(**MessageOut.of(message).model_dump(), sibling_ids=siblings[message.pk])
            for message in messages
        ]


class SessionOut(Schema):
    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    is_active: bool
    context: Mapping[str, Any]
    message_count: int
