"""The chunks of a streamed answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from ninja import Schema


class EventMetadata(Schema):
    """Why an event stands where it stands, and when the same takes place again."""

    tier: str
    final_score: float
    ranking_factors: Mapping[str, float]
    cited: bool
    next_dates: list[str] = []


class ActOut(Schema):
    """What a message wants done, of which events, and who read it so."""

    kind: Literal[
        "find", "about", "compare", "count", "plan", "calendar", "explain", "talk", "decline"
    ]
    refers_to: list[int]
    read_by: Literal["rules", "model"]


class ToolOut(Schema):
    """A tool that runs while the answer is made."""

    name: str
    status: Literal["running", "completed", "failed"]


class StreamChunk(Schema):
    """One chunk of an answer; fields that say nothing are left out of the JSON."""

    model: Literal["A", "B", "SYSTEM"]
    token: str | None = None
    done: bool = False
    error: str | None = None
    error_code: str | None = None
    suggested_event_ids: list[int] | None = None
    follow_up_questions: list[str] | None = None
    response_time_ms: int | None = None
    session_id: int | None = None
    generation_id: UUID | None = None
    message_id: int | None = None
    recommended_event_ids: list[int] | None = None
    all_event_ids: list[int] | None = None
    event_metadata: Mapping[int, EventMetadata] | None = None
    constraints: Mapping[str, Any] | None = None
    message_ids: Mapping[str, int] | None = None
    debug_run_id: UUID | None = None
    act: ActOut | None = None
    tool: ToolOut | None = None


def token_chunk(model: str, text: str) -> str:
    """The JSON of a chunk that has a piece of text and nothing else."""
    return f'{{"model":"{model}","token":{json.dumps(text, ensure_ascii=False)},"done":false}}'
