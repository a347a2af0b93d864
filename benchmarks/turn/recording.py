"""Fifty streams of one build, in a form in which two builds can be compared.

Left out are ids, times, and where the built-in answer's text is cut into
tokens. An event's id becomes what its source calls it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.turn.builds import API, Service
from benchmarks.turn.messages import CONVERSATIONS, NOW

_LEFT_OUT = {
    *("session_id", "generation_id", "message_id", "debug_run_id", "response_time_ms"),
    *("created_at", "updated_at", "parent_id", "client_message_id"),
}
_EVENT_IDS = {"suggested_event_ids", "recommended_event_ids", "all_event_ids", "refers_to"}
_EVENT_LINK = re.compile(r"/events/(\d+)")
_DECIMALS = 6
Turn = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recording:
    """Turns by their message, and how the build's events are called by their sources."""

    turns: dict[str, Turn]
    events: Mapping[int, str]

    def comparable(self) -> dict[str, Turn]:
        """The turns with neither ids nor times."""
        return {name: normalised(turn, self.events) for name, turn in self.turns.items()}


def record(service: Service, token: str) -> Recording:
    """Asks every conversation, each message after the answer to the one before."""
    headers = {"Authorization": f"Bearer {token}"}
    turns: dict[str, Turn] = {}
    with httpx.Client(
        base_url=service.address + API, headers=headers, timeout=120, trust_env=False
    ) as client:
        for number, conversation in enumerate(CONVERSATIONS, start=1):
            session: int | None = None
            for place, message in enumerate(conversation, start=1):
                chunks = _stream(client, message, session)
                session = chunks[-1]["session_id"]
                stored = client.get(f"/chat/sessions/{session}").raise_for_status().json()
                turns[f"{number}.{place} {message}"] = {
                    "text": text_of(chunks),
                    "chunks": without_tokens(chunks),
                    "stored": stored["messages"][-2:],
                    "session": stored["session"],
                }
        return Recording(turns, _names_of_events(client, turns))


def _stream(client: httpx.Client, message: str, session: int | None) -> list[dict[str, Any]]:
    body = {"message": message, "session_id": session, "context": {"current_date": NOW}}
    response = client.post("/chat/stream", json=body).raise_for_status()
    return [
        json.loads(line.removeprefix("data: "))
        for line in response.text.splitlines()
        if line.startswith("data: ")
    ]


def text_of(chunks: Sequence[Mapping[str, Any]]) -> str:
    """The answer that a stream wrote."""
    return "".join(chunk.get("token", "") for chunk in chunks)


def without_tokens(chunks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The chunks' other fields, in order; chunks that only carried text are gone."""
    rest = [{key: value for key, value in chunk.items() if key != "token"} for chunk in chunks]
    return [chunk for chunk in rest if set(chunk) != {"model", "done"} or chunk["done"]]


def _names_of_events(client: httpx.Client, turns: Mapping[str, Turn]) -> dict[int, str]:
    ids = sorted(set(event_ids(turns)))
    names: dict[int, str] = {}
    for first in range(0, len(ids), 50):
        batch = ids[first : first + 50]
        found = client.get("/events", params={"ids": batch, "limit": 100}).raise_for_status()
        names |= {
            event["id"]: f"{event['source']}:{event['external_id']}:{event['start_time']}"
            for event in found.json()
        }
    return names


def event_ids(value: Any) -> Iterator[int]:
    """Every event's id in a recorded value."""
    if isinstance(value, list):
        for each in value:
            yield from event_ids(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in _EVENT_IDS:
                yield from each or ()
            elif key == "event_metadata":
                yield from map(int, each or ())
            elif key == "referenced_events":
                yield from (event["id"] for event in each or ())
            yield from event_ids(each)


def normalised(value: Any, events: Mapping[int, str]) -> Any:
    """The value without ids and times, floats rounded, events by their sources' names."""
    if isinstance(value, list):
        return [normalised(each, events) for each in value]
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, str):
        return _EVENT_LINK.sub(lambda link: f"/events/{_name(link[1], events)}", value)
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, each in value.items():
        if key in _EVENT_IDS and each:
            kept[key] = [_name(number, events) for number in each]
        elif key == "event_metadata" and each:
            kept[key] = {_name(id_, events): normalised(of, events) for id_, of in each.items()}
        elif key == "id":
            kept[key] = events.get(each)
        elif key not in _LEFT_OUT:
            kept[key] = normalised(each, events)
    return kept


def _name(number: int | str, events: Mapping[int, str]) -> str:
    return events.get(int(number), f"unknown event {number}")


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """One line for each place where two values differ, by its path."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                there = "new" if key not in old else "old"
                yield f"{inner}: only in the {there} one: {_short((new | old)[key])}"
            else:
                yield from differences(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (first, second) in enumerate(zip(old, new, strict=True)):
            yield from differences(first, second, f"{path}[{place}]")
    elif old != new or type(old) is not type(new):
        yield f"{path}: {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 300 else f"{told[:297]}…"
