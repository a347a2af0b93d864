"""Providers to ask, one request to ask them, and reading what they answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from chat_service.llm.ollama.provider import OllamaConfig, OllamaProvider, Timeouts
from chat_service.llm.types import AnswerPart, AnswerRequest, PromptMessage, TextPart
from core.errors import AppError
from tests.chat_service.samples import NOW, ranked, retrieval
from tests.fakes.ollama import DEFAULT_MODEL

NOBODY = "http://127.0.0.1:9"  # the discard port: connections are refused
PATIENT = Timeouts(connect=2, first_token=5, between_tokens=5)
HASTY = Timeouts(connect=0.5, first_token=0.5, between_tokens=0.25)
REQUEST = AnswerRequest(
    "What's on?",
    lambda: [PromptMessage("user", "What's on?")],
    retrieval(None, ranked()),
    now=NOW,
)
MODEL_TEXT = "I would go to [1] and [2]."


def provider_at(
    address: str, timeouts: Timeouts = PATIENT, model: str = DEFAULT_MODEL
) -> OllamaProvider:
    return OllamaProvider(
        OllamaConfig(address, model, max_tokens=800, context_tokens=8192, timeouts=timeouts)
    )


async def read_to_error(
    parts: AsyncGenerator[AnswerPart, None], kept: list[AnswerPart]
) -> type[AppError] | None:
    """Keeps the parts that come, and returns the class of the error that ended them."""
    try:
        async for part in parts:
            kept.append(part)  # noqa: PERF401 (what came before the error is kept)
    except AppError as error:
        return type(error)
    return None


async def read(parts: AsyncGenerator[AnswerPart, None]) -> tuple[str, type[AppError] | None]:
    """The text that came, and the class of the error that ended it."""
    kept: list[AnswerPart] = []
    error = await read_to_error(parts, kept)
    return text_of(kept), error


def text_of(parts: Sequence[AnswerPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextPart))
