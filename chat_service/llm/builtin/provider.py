"""The built-in answerer: an answer from the found events alone, without any model."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from chat_service.llm.builtin.outcomes import answer_text
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    FinishPart,
    ModelHealth,
    StartPart,
    TextPart,
    Traits,
)


class BuiltinProvider:
    """Gives the written answer line by line, all at once. It is always there.

    It calls no tools and fills in no schema.
    """

    name = "builtin"
    traits = Traits(tools=False, structured_output=False, generates=False)

    async def stream(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]:
        text = answer_text(request)
        del request  # nothing more is read from it
        yield StartPart(self.name, self.name, generates=False)
        for line in text.splitlines(keepends=True):
            yield TextPart(line)
        yield FinishPart(model=self.name)

    async def health(self) -> ModelHealth:
        return ModelHealth(self.name, self.name, available=True, models=(self.name,))
