"""What a chat turn is asked with."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import (
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
)

from chat_service.turns.context import ChatContext, Identifier, WholeNumber, clean_text

MESSAGE_MAX_LENGTH = 4000


def trimmed_message(text: str) -> str:
    """A message without blanks around it; raises ValueError when it is empty or too long."""
    trimmed = clean_text(text).strip()
    if not 1 <= len(trimmed) <= MESSAGE_MAX_LENGTH:
        raise ValueError(f"must have 1 to {MESSAGE_MAX_LENGTH:,} characters")
    return trimmed


class MessageIn(Schema):
    """One message of the user, with what the client knows beside it."""

    message: Annotated[str, Field(max_length=16 * MESSAGE_MAX_LENGTH)]
    session_id: WholeNumber | None = None
    context: ChatContext = Field(default_factory=ChatContext)
    location_id: Identifier | None = None

    @field_validator("session_id")
    @classmethod
    def possible_session(cls, number: int | None) -> int | None:
        """None for a number that no session can have: like any that does not exist."""
        return number if number is not None and 1 <= number < 2**63 else None

    @field_validator("context", mode="before")
    @classmethod
    def absent_context(cls, value: Any) -> Any:
        return {} if value is None else value

    _trimmed = field_validator("message")(trimmed_message)


class TurnOptions(Schema):
    """How a message is to be answered.

    With `single_model_mode` false, `model_a` and `model_b` answer side by side.
    `on_disconnect` "stop" ends the answer when its last reader leaves.
    """

    model_a: Annotated[str, Field(max_length=200)] | None = None
    model_b: Annotated[str, Field(max_length=200)] | None = None
    single_model_mode: StrictBool = True
    preferred_model: Annotated[str, Field(max_length=200)] | None = None
    on_disconnect: Literal["continue", "stop"] = "continue"
    client_message_id: UUID | None = None
    debug: StrictBool = False

    @field_validator("single_model_mode")
    @classmethod
    def two_models(cls, single: bool, given: ValidationInfo) -> bool:
        if not single and not given.data.get("model_b"):
            raise ValueError("to compare two models, name the second one in model_b")
        return single

    def models(self) -> tuple[tuple[str, str | None], ...]:
        """The answers wanted: (variant, model), None for the default model."""
        first = ("A", clean_text(self.model_a or self.preferred_model) or None)
        return (first,) if self.single_model_mode else (first, ("B", clean_text(self.model_b)))


class ChatRequest(MessageIn, TurnOptions):
    """A message that is to be answered."""


class EditRequest(TurnOptions):
    """A message in other words; what the client knows beside them may change too."""

    content: Annotated[str, Field(max_length=16 * MESSAGE_MAX_LENGTH)]
    context: ChatContext = Field(default_factory=ChatContext)
    location_id: Identifier | None = None

    _trimmed = field_validator("content")(trimmed_message)
