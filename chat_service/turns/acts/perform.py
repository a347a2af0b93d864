"""Does what a message wants done: each act is a search or a call of a tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chat_service.llm.types import ActOutcome
from chat_service.stores.tool_calls import ToolCall
from chat_service.tools import ToolContext, ToolExecutionService, ToolResult, result_for_model
from chat_service.tools.for_models import LONGEST_FOR_MODEL
from chat_service.tools.search_events import EventSearch, get_relevant_events
from chat_service.turns.acts.calls import Call, calls_of
from chat_service.turns.acts.lookup import look_up
from chat_service.turns.found_events import (
    NEAR,
    PackedEvent,
    is_unlisted,
    packed_event,
    packed_reference,
    packed_retrieval,
)
from rag.types import Act, RankedEvent, Retrieval

# Tells the readers that a tool runs, and how it ended.
Announce = Callable[[str, str, Sequence[int]], None]


@dataclass(slots=True)
class Work:
    """What was found and called so far, for the answer and for the conversation.

    `numbers` are those under which the answer cites the events: by their place in `events`. Those
    that only fill the map stand at the end and have none.
    """

    outcomes: list[ActOutcome] = field(default_factory=list)
    retrieval: Retrieval | None = None
    events: list[PackedEvent] = field(default_factory=list)
    calls: list[Mapping[str, Any]] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    @classmethod
    def on(cls, events: Sequence[PackedEvent]) -> Work:
        """Work that goes on from events that have their numbers."""
        work = cls()
        work.add_events(events)
        return work

    def add_events(self, events: Sequence[PackedEvent]) -> None:
        """Numbers events; one that has a number keeps it."""
        listed = self.events[: len(self.numbers)]
        unlisted = {event[0]: event for event in self.events[len(self.numbers) :]}
        for event in events:
            if is_unlisted(event):
                unlisted.setdefault(event[0], event)
            elif event[0] not in self.numbers:
                listed.append(event)
                self.numbers[event[0]] = len(listed)
        rest = [event for event in unlisted.values() if event[0] not in self.numbers]
        self.events = [*listed, *rest]

    def add_call(self, call: Call, result: ToolResult, *, call_id: str | None = None) -> None:
        """Keeps a call, and the events that it spoke of."""
        self.add_events([packed_reference(each) for each in result.metadata.get("events", ())])
        kept = ToolCall(call.name, call.arguments, "", result.to_json()).as_json()
        self.calls.append({**kept, "id": call_id} if call_id else kept)

    def calls_made(self) -> list[Call]:
        """The calls of tools that these findings are the results of."""
        made = [Call(call["name"], call["arguments"]) for call in self.calls]
        return [Call("search_events", {}), *made] if self.retrieval is not None else made

    def lines(self) -> list[str]:
        """What the tools gave, as a language model is told it."""
        lines = [line for outcome in self.outcomes for line in outcome.lines]
        if not lines and self.retrieval is None:
            return [f"The user asks for no events ({self.outcomes[0].act.kind})."]
        return lines


def is_plain_search(acts: Sequence[Act]) -> bool:
    """Whether a message asks for events and for nothing else."""
    return [act.kind for act in acts] == ["find"]


async def named_acts(acts: Sequence[Act], search: EventSearch, work: Work) -> tuple[Act, ...]:
    """The acts with the events that their words name; `work` gets what is only close."""
    named = []
    for act in acts:
        is_named = bool(act.subject) or (act.kind == "compare" and len(act.slots) > 1)
        is_many = act.kind == "count" and act.topic != "times"
        if not is_named or act.refers_to or act.kind in ("find", "plan") or is_many:
            named.append(act)
            continue
        looked_up = await look_up(act, search)
        if act.kind == "count" and not looked_up.act.refers_to:
            named.append(act)
            continue
        named.append(looked_up.act)
        work.outcomes.extend(_closest(looked_up.act, looked_up.closest))
        work.add_events([packed_event(one, NEAR) for one in looked_up.closest])
    return tuple(named)


def _closest(act: Act, closest: Sequence[RankedEvent]) -> list[ActOutcome]:
    return [ActOutcome(act, closest=tuple(closest))] if closest else []


async def perform(
    acts: Sequence[Act],
    search: EventSearch,
    context: ToolContext,
    announce: Announce,
    work: Work,
) -> None:
    """Does the acts in their order, into `work`.

    A tool that fails is part of the outcome; a search that fails ends the turn.

    Raises:
        RetrievalError: the events could not be searched.
    """
    told = {id(outcome.act) for outcome in work.outcomes}
    for act in acts:
        if id(act) in told:
            continue
        if act.kind == "find":
            work.retrieval = await get_relevant_events(search)
            work.add_events(packed_retrieval(work.retrieval))
            work.outcomes.append(ActOutcome(act))
            continue
        results = []
        for call in calls_of(act, search.constraints, search.now):
            announce(call.name, "running", ())
            result = await ToolExecutionService().execute_tool(call.name, call.arguments, context)
            work.add_call(call, result)
            status = "completed" if result.success else "failed"
            announce(call.name, status, [event[0] for event in work.events])
            results.append((call, result))
        work.outcomes.append(_outcome(act, results, work.numbers))


def _outcome(
    act: Act, results: Sequence[tuple[Call, ToolResult]], numbers: Mapping[int, int]
) -> ActOutcome:
    failed = next((result for _, result in results if not result.success), None)
    return ActOutcome(
        act,
        data=tuple(result.data for _, result in results if result.success),
        error=failed.error if failed else None,
        code=failed.metadata.get("code") if failed else None,
        lines=tuple(told_to_model(call.name, result, numbers) for call, result in results),
    )


def told_to_model(
    name: str, result: ToolResult, numbers: Mapping[int, int], longest: int = LONGEST_FOR_MODEL
) -> str:
    """A tool's result as a model reads it: each event with the number to cite it by."""
    told = replace(result, data=_numbered(result.data, numbers))
    return f"{name}: {result_for_model(told, longest=longest)}"


def _numbered(value: Any, numbers: Mapping[int, int]) -> Any:
    if isinstance(value, dict):
        told = {name: _numbered(each, numbers) for name, each in value.items()}
        is_event = "title" in value and "start_time" in value and value.get("id") in numbers
        return {"number": numbers[value["id"]], **told} if is_event else told
    if isinstance(value, list):
        return [_numbered(each, numbers) for each in value]
    return value
