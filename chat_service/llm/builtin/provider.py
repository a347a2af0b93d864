"""The built-in answerer: an answer from the found events alone, without any model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from chat_service.llm.builtin.text import builtin_answer
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    ModelHealth,
    StartPart,
    TextPart,
)

# A quick reader's model: the page shows the answer growing, and nobody waits for it.
_PIECE_SECONDS = 0.004
_PIECE = re.compile(r"\s*\S+\s*")


class BuiltinProvider:
    """Streams the written answer word by word, as a model would. It is always there."""

    name = "builtin"

    async def stream(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]:
        now = request.now or datetime.now(UTC)
        text = builtin_answer(request.message, request.retrieval, now)
        del request  # nothing more is read from it
        yield StartPart(self.name, self.name)
        for piece in _PIECE.findall(text):
            yield TextPart(piece)
            await asyncio.sleep(_PIECE_SECONDS)
        yield FinishPart(model=self.name)

    async def health(self) -> ModelHealth:
        return ModelHealth(self.name, self.name, available=True, models=(self.name,))
