"""What every provider of answers speaks: messages in, typed parts out.

A provider declares what it can do by its `traits`; nobody asks for its name to learn that. Tools go
in as function schemas and come back as calls, structured output as text that obeys a JSON schema:
a further provider only implements `AnswerProvider` (docs/architecture.md, "Language models").
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.errors import LLMUnavailable
from rag.types import Act, Constraints, RankedEvent, Retrieval


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A tool that a model wants called; `arguments` is None where they are no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt, as chat models take them.

    An assistant's has the `calls` that it made; a tool's is the result of the call `call_id`
    of the tool `name`.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    calls: Sequence[ToolCallPart] = ()
    call_id: str = ""
    name: str = ""


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

    A provider with the trait `tools` may answer with calls of the functions in `tools` (OpenAI's
    function form), one with `structured_output` answers in JSON that obeys `schema`. The answer has
    `max_tokens` at most, None for the provider's default.
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
    tools: Sequence[Mapping[str, Any]] = ()
    schema: Mapping[str, Any] | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What a provider can do.

    `tools`: it takes functions and calls them. `structured_output`: it obeys a JSON schema.
    `generates`: its text is made word by word by a model, which may go on without end, and may
    speak of events that it does not cite.
    """

    tools: bool = False
    structured_output: bool = False
    generates: bool = True


@dataclass(frozen=True, slots=True)
class StartPart:
    """Who answers, and how: known even when the answer breaks off later."""

    provider: str
    model: str
    generates: bool = True


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


AnswerPart = StartPart | TextPart | ToolCallPart | FinishPart


class AnswerProvider(Protocol):
    """A source of answers.

    `stream` yields one start part when its first text or call is there, then text and
    call parts, then exactly one finish part, or raises
    `core.errors.LLMUnavailable` or `LLMTimeout`. Whoever raises before the
    start part has shown nothing, so that another provider may answer instead.
    Closing the generator closes the connection behind it at once.
    """

    name: str
    traits: Traits

    def stream(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]: ...

    async def health(self) -> ModelHealth: ...
