"""The built-in answerer: an answer from the found events alone, without any model.

It words each thing that a message wanted done, in its order.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from chat_service.llm import wish_wording
from chat_service.llm.builtin.about import about_events, missing
from chat_service.llm.builtin.briefs import Teller
from chat_service.llm.builtin.comparing import compared, explained
from chat_service.llm.builtin.finding import builtin_answer
from chat_service.llm.builtin.planning import planned
from chat_service.llm.builtin.talking import declined, talked
from chat_service.llm.phrases import phrases_of
from chat_service.llm.types import (
    ActOutcome,
    AnswerPart,
    AnswerRequest,
    FinishPart,
    ModelHealth,
    StartPart,
    TextPart,
    Traits,
)
from rag.types import Act

_FIND = Act()


def answer_text(request: AnswerRequest) -> str:
    """The whole answer to one message."""
    now = request.now or datetime.now(UTC)
    tell = Teller(request, now, phrases_of(request.language))
    paragraphs: list[str] = []
    for outcome in request.outcomes or (ActOutcome(_FIND),):
        if outcome.act.kind == "find" and request.retrieval is not None:
            paragraphs.append(builtin_answer(request.retrieval, request.message, now, tell.say))
        elif outcome.act.kind in _WORDED:
            paragraphs += _WORDED[outcome.act.kind](outcome, tell)
    return "\n\n".join(dict.fromkeys(paragraphs))


def _counted(outcome: ActOutcome, tell: Teller) -> list[str]:
    say = tell.say
    if outcome.error is not None:
        return [say("about.failed", error=outcome.error)]
    if outcome.act.topic == "times" and len(outcome.data) > 1:
        counted, event = outcome.data[:2]
        return [say.counted("count.times", counted["dates"], event=tell.event(event))]
    if outcome.act.refers_to:
        return [_of_shown(outcome, tell)]
    told: Mapping[str, Any] = outcome.data[0] if outcome.data else {"events": 0, "dates": 0}
    number = told["events"]
    wished = wish_wording.wished_events(tell.request.constraints, tell.now, say)
    if not number:
        return [say("count.none", wished=wished or say("wished.events"))]
    found = "count.found" if told["is_exact"] else "count.about"
    text = (
        say.counted(found, number, wished=wished) if wished else say.counted("count.plain", number)
    )
    if told["dates"] > number:
        text += f" {say('count.on_dates', dates=told['dates'])}"
    return [text]


def _of_shown(outcome: ActOutcome, tell: Teller) -> str:
    """How many of the events shown; of those that cost nothing, where that was asked."""
    briefs = list(outcome.data[0]["events"]) if outcome.data else []
    if "free" in outcome.act.question.casefold():
        briefs = [brief for brief in briefs if brief.get("min_price") == 0]
    if not briefs:
        return tell.say("count.none_of_shown")
    return tell.say.counted("count.of_shown", len(briefs), events=tell.events(briefs))


def _made_calendar(outcome: ActOutcome, tell: Teller) -> list[str]:
    say = tell.say
    if outcome.error is not None:
        return [say("about.failed", error=outcome.error)]
    if not outcome.data:
        return [missing(outcome, tell) if outcome.act.missing else say("calendar.which")]
    made = outcome.data[0]
    items = [tell.line(brief) for brief in made["events"]]
    return ["\n".join([say("calendar.made", url=made["url"]), "", say("calendar.holds"), *items])]


def _compared(outcome: ActOutcome, tell: Teller) -> list[str]:
    if outcome.act.missing and not outcome.data:
        return [missing(outcome, tell)]
    return compared(outcome, tell)


def _explained(outcome: ActOutcome, tell: Teller) -> list[str]:
    if outcome.act.missing and not outcome.data:
        return [missing(outcome, tell)]
    return explained(outcome, tell)


_WORDED: Mapping[str, Callable[[ActOutcome, Teller], list[str]]] = {
    "about": about_events,
    "compare": _compared,
    "count": _counted,
    "plan": planned,
    "calendar": _made_calendar,
    "explain": _explained,
    "talk": talked,
    "decline": declined,
}


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
