"""Calls of tools by a language model: what it is offered, what it may call, and what it is told.

A model calls the same tools as the rules, with the rights of whoever asks, `LLM_MAX_ITERATIONS`
times at most for one answer. Its own faults are told to it once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from chat_service.llm.router import answer_router
from chat_service.llm.types import PromptMessage, ToolCallPart
from chat_service.stores.shown_events import events_shown_in
from chat_service.tools import ToolContext, ToolExecutionService
from chat_service.tools.for_models import LONGEST_FOR_MODEL
from chat_service.turns.acts.calls import Call
from chat_service.turns.acts.perform import Announce, Work, told_to_model
from chat_service.turns.found_events import PackedEvent
from chat_service.turns.prompt import estimated_tokens, fenced_results
from chat_service.turns.requests import clean_json
from core.database import in_database

# Of the context, what the descriptions of tools may take, and what is kept for their results.
_TOOLS_SHARE, _RESULTS_SHARE = 0.4, 0.2
# Tokens. With less room than the first for a prompt a model gets no tools, with less than the other
# no more results.
_LEAST_PROMPT = 1500
_LEAST_RESULT = 150
_LONGEST_ARGUMENTS = 10_000
# Where there is no room for all tools, those that come first are told of.
_FIRST = (
    "search_events",
    "get_event",
    "plan_itinerary",
    "create_calendar",
    "compare_events",
    "count_events",
)
# An error of these kinds is the model's own: it is told once, and a second one ends the loop.
_OWN_FAULTS = frozenset({"unknown_tool", "invalid_arguments"})


@dataclass(frozen=True, slots=True)
class ToolsOffered:
    """The tools that a model is told of.

    Of the context, `prompt_tokens` are for the prompt and the reply; `room` is for the prompt and
    all that tools give.
    """

    schemas: Sequence[Mapping[str, Any]]
    prompt_tokens: int
    room: int = 0

    def __bool__(self) -> bool:
        return bool(self.schemas)


def tools_offered(context: ToolContext, model: str | None) -> ToolsOffered:
    """What fits into the model's context of the tools that the asking user may use."""
    whole: int = settings.LLM_CONTEXT_TOKENS
    none = ToolsOffered((), whole)
    if not settings.LLM_MAX_ITERATIONS or not answer_router().traits_for(model).tools:
        return none
    left, chosen = int(whole * _TOOLS_SHARE), []
    for schema in sorted(ToolExecutionService().schemas(context), key=_rank):
        tokens = estimated_tokens(json.dumps(schema, separators=(",", ":")))
        if tokens <= left:
            left -= tokens
            chosen.append(schema)
    besides = whole - int(whole * _TOOLS_SHARE) + left
    room = besides - settings.LLM_MAX_TOKENS
    kept = int(whole * _RESULTS_SHARE)
    return ToolsOffered(chosen, besides - kept, room) if room - kept >= _LEAST_PROMPT else none


def _rank(schema: Mapping[str, Any]) -> int:
    name = schema["function"]["name"]
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


@dataclass(slots=True)
class ToolCaller:
    """Calls tools for one model's answer, and keeps what they gave with it.

    `context` lacks what the conversation has shown, which is read at the first call. `made` are the
    calls that the prompt has the results of, `events` gives those that have numbers by now. `keep`
    takes what a call gave and found, and `announce` tells the readers.
    """

    context: ToolContext
    offered: ToolsOffered
    made: Sequence[Call]
    events: Callable[[], Sequence[PackedEvent]]
    keep: Callable[[Work], None]
    announce: Announce
    calls_left: int = field(default_factory=lambda: settings.LLM_MAX_ITERATIONS)
    is_over: bool = False
    _faults: int = 0
    _knows_shown: bool = False
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._seen = {_identity(call.name, call.arguments) for call in self.made}

    async def answer_call(self, call: ToolCallPart, room: int) -> PromptMessage:
        """The message that answers a call: its result, or why there is none.

        `room` is how many tokens it may have.
        """
        told = await self._told(call, 4 * room)
        if self.calls_left <= 0 or room < _LEAST_RESULT:
            self.is_over = True
        return PromptMessage("tool", told, call_id=call.id, name=call.name)

    async def _told(self, call: ToolCallPart, longest: int) -> str:
        if self.is_over or self.calls_left <= 0:
            return self._refused("No more tools can be called. Answer with what you have.")
        arguments = _storable(call.arguments)
        if arguments is None:
            self.calls_left -= 1
            self._note_fault()
            return self._refused("The arguments are no JSON object of a sensible size.")
        identity = _identity(call.name, arguments)
        if identity in self._seen:
            self._note_fault()
            return self._refused("This was called with the same arguments: its result is above.")
        self._seen.add(identity)
        self.calls_left -= 1
        return await self._called(call, arguments, min(longest, LONGEST_FOR_MODEL))

    async def _called(self, call: ToolCallPart, arguments: Mapping[str, Any], longest: int) -> str:
        if not self._knows_shown and self.context.session_id is not None:
            shown = await in_database(events_shown_in, self.context.session_id)
            self.context, self._knows_shown = replace(self.context, shown=shown), True
        name = _printable(call.name)
        self.announce(name, "running", ())
        result = await ToolExecutionService().execute_tool(call.name, arguments, self.context)
        if result.metadata.get("code") in _OWN_FAULTS:
            self._note_fault()
        work = Work.on(self.events())
        work.add_call(Call(name, arguments), result, call_id=_printable(call.id))
        self.keep(work)
        listed = [event[0] for event in work.events]
        self.announce(name, "completed" if result.success else "failed", listed)
        return fenced_results([told_to_model(name, result, work.numbers, max(longest, 400))])

    def _note_fault(self) -> None:
        self._faults += 1
        self.is_over = self.is_over or self._faults > 1

    def _refused(self, why: str) -> str:
        return fenced_results([json.dumps({"success": False, "error": why})])


def _storable(arguments: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Arguments that can be kept as JSON; None where they cannot, or are too many."""
    if arguments is None:
        return None
    cleaned: dict[str, Any] = clean_json(dict(arguments))
    try:
        size = len(json.dumps(cleaned, allow_nan=False))
    except ValueError:
        return None
    return cleaned if size <= _LONGEST_ARGUMENTS else None


def _identity(name: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    return name, json.dumps(arguments, sort_keys=True, default=str)


def _printable(name: str) -> str:
    """A name that a model made up, as it can be shown and kept."""
    return "".join(each for each in name if each.isascii() and (each.isalnum() or each in "_-"))
