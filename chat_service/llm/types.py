"""What every provider of answers speaks: messages in, typed parts out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.errors import LLMUnavailable
from rag.types import Act, Constraints, RankedEvent, Retrieval


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt, as chat models take them."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """One thing that the message wanted done, and what came of it.

    `data` is what its tool gave, as JSON, once for each call, and `lines` the same for a
    language model; `error` and `code` say why a call failed. `closest` are events that are near
    what the message named, where nothing bears that name.
    """

    act: Act
    data: Sequence[Any] = ()
    error: str | None = None
    code: str | None = None
    lines: Sequence[str] = ()
    closest: Sequence[RankedEvent] = ()


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Everything that an answer may be made from.

    `prompt` writes the prompt for a language model, so that none is written where none is
    asked; the rest is what the built-in answerer writes from. `retrieval` is what was searched
    for and found, None where the message asked for no events; `outcomes` are the acts in their
    order, none for a plain search; `numbers` are those under which events are cited, by id. `model`
    is the wanted one, None for the default. `now` is the moment that the words refer to
    (aware); None stands for the clock's. `language` is that of the answer.
    """

    message: str
    prompt: Callable[[], Sequence[PromptMessage]]
    retrieval: Retrieval | None
    model: str | None = None
    now: datetime | None = None
    outcomes: Sequence[ActOutcome] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)
    constraints: Constraints = field(default_factory=Constraints)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class StartPart:
    """Who answers: known even when the answer breaks off later."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class TextPart:
    """Some text of the answer, as soon as it is made."""

    text: str


@dataclass(frozen=True, slots=True)
class FinishPart:
    """The end of an answer: counts are None where the provider gives none."""

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish_reason: str = "stop"


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """Whether a provider can answer now; `detail` is a sentence for a person."""

    provider: str
    model: str
    available: bool
    detail: str = ""
    models: Sequence[str] = field(default_factory=tuple)


class ProviderDown(LLMUnavailable):
    """No request can be answered now: the server or the model is not there."""


AnswerPart = StartPart | TextPart | FinishPart


class AnswerProvider(Protocol):
    """A source of answers.

    `stream` yields one start part when its first text is there, then text
    parts, then exactly one finish part, or raises
    `core.errors.LLMUnavailable` or `LLMTimeout`. Whoever raises before the
    start part has shown nothing, so that another provider may answer instead.
    Closing the generator closes the connection behind it at once.
    """

    name: str

    def stream(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]: ...

    async def health(self) -> ModelHealth: ...
