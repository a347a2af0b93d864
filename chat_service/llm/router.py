"""Chooses who answers: the language model when it is there, else the built-in answerer."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import lru_cache

from django.conf import settings

from chat_service.llm.builtin.provider import BuiltinProvider
from chat_service.llm.ollama.provider import OllamaConfig, OllamaProvider, Timeouts
from chat_service.llm.types import (
    AnswerPart,
    AnswerProvider,
    AnswerRequest,
    ModelHealth,
    ProviderDown,
    Traits,
)
from core.errors import LLMTimeout, LLMUnavailable

logger = logging.getLogger(__name__)


class AnswerRouter:
    """Asks the language model first and falls back before its first word.

    Once a start part is out, the words of two answers must not mix: from then
    on an error goes to the caller. A model that was not there, or was silent
    until its timeout, is left alone for `retry_after` seconds, so that not
    every turn waits to learn the same. `clock` counts seconds, monotonic.
    """

    name = "router"

    def __init__(
        self,
        primary: AnswerProvider,
        fallback: AnswerProvider,
        *,
        retry_after: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._primary, self._fallback = primary, fallback
        self._retry_after, self._clock = retry_after, clock
        self._down_until: dict[str | None, float] = {}

    def traits_for(self, model: str | None) -> Traits:
        """What whoever answers for a model can do, as far as it can be told before it is asked."""
        return (self._primary if self._asks_primary(model) else self._fallback).traits

    async def stream_structured(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]:
        """The parts of JSON that obeys the request's schema, of the language model alone.

        Raises:
            LLMUnavailable, LLMTimeout: it is not there, cannot do it, or failed.
        """
        if not self.traits_for(request.model).structured_output:
            raise LLMUnavailable("No language model that fills in schemas is there.")
        async with aclosing(self._primary.stream(request)) as parts:
            try:
                async for part in parts:
                    yield part
            except ProviderDown as error:
                self._note_failure(request.model, error)
                raise

    async def stream(
        self, request: AnswerRequest, *, falls_back: bool = True
    ) -> AsyncGenerator[AnswerPart, None]:
        """The parts of the one answer; its start part names who gives it.

        Where `falls_back` is false the fallback is not asked, because words of the model
        are out already.
        """
        if not falls_back or self._asks_primary(request.model):
            async with aclosing(self._primary.stream(request)) as parts:
                try:
                    first = await anext(parts)
                except (LLMUnavailable, LLMTimeout) as error:
                    self._note_failure(request.model, error)
                    if not falls_back:
                        raise
                else:
                    del request  # a slow answer need not hold its prompt, nor what was found
                    yield first
                    async for part in parts:
                        yield part
                    return
        async with aclosing(self.stream_without_model(request)) as parts:
            del request
            async for part in parts:
                yield part

    def stream_without_model(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]:
        """The parts of the fallback's answer."""
        return self._fallback.stream(request)

    async def health(self) -> ModelHealth:
        """The language model's health: the built-in answerer is always there."""
        return await self._primary.health()

    def _asks_primary(self, model: str | None) -> bool:
        if model == self._fallback.name:
            return False
        return self._clock() >= self._down_until.get(model, 0.0)

    def _note_failure(self, model: str | None, error: LLMUnavailable | LLMTimeout) -> None:
        logger.warning(
            "llm_fallback code=%s provider=%s model=%r reason=%s",
            error.code,
            self._primary.name,
            model or "default",
            error.detail,
        )
        # Any other failure may be this prompt's own: the next turn tries again.
        if isinstance(error, ProviderDown | LLMTimeout):
            now = self._clock()
            self._down_until = {key: at for key, at in self._down_until.items() if at > now}
            self._down_until[model] = now + self._retry_after


def answer_router() -> AnswerRouter:
    """The process's router for the current settings."""
    return _router_for(
        OllamaConfig(
            host=settings.OLLAMA_HOST,
            model=settings.LLM_MODEL,
            max_tokens=settings.LLM_MAX_TOKENS,
            context_tokens=settings.LLM_CONTEXT_TOKENS,
            timeouts=Timeouts(
                connect=settings.LLM_CONNECT_TIMEOUT,
                first_token=settings.LLM_FIRST_TOKEN_TIMEOUT,
                between_tokens=settings.LLM_BETWEEN_TOKENS_TIMEOUT,
            ),
        ),
        settings.LLM_RETRY_AFTER,
    )


@lru_cache(maxsize=4)
def _router_for(config: OllamaConfig, retry_after: float) -> AnswerRouter:
    return AnswerRouter(OllamaProvider(config), BuiltinProvider(), retry_after=retry_after)
