"""The questions and conversations, read from their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Part = Literal["dev", "final"]

FOLDER = Path(__file__).parent
PARTS: tuple[Part, ...] = ("dev", "final")
CONVERSATION = "conversation"
FILES = ("questions.jsonl", "conversations.jsonl")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, and what is expected of its answer."""

    id: str
    text: str
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A single question, or a conversation whose messages go to one session.

    `kind` is the class of a question, or the kind of a conversation.
    """

    id: str
    kind: str
    part: str
    calendar: str
    is_conversation: bool
    context: Mapping[str, Any]
    turns: tuple[Turn, ...]

    @property
    def now(self) -> datetime:
        """The moment that the words refer to, with the offset of the asker."""
        return datetime.fromisoformat(self.context["current_date"])


def load_cases() -> list[Case]:
    """All questions, then all conversations."""
    return [case for name in FILES for case in read_cases(FOLDER / name)]


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, a JSON object a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [make_case(json.loads(line)) for line in lines if line.strip()]


def choose(cases: Iterable[Case], *, part: str | None = None, only: str = "") -> list[Case]:
    """Those of one part, and of the ids that `only` lists, parted by commas."""
    names = {name for name in only.split(",") if name}
    return [case for case in cases if part in (None, case.part) and (not names or case.id in names)]


def make_case(line: Mapping[str, Any]) -> Case:
    """A case from its line."""
    name = line["id"]
    messages = line.get("messages")
    if messages is None:
        turns = [Turn(name, line["text"], line["expect"])]
    else:
        turns = [
            Turn(f"{name}.{number}", each["text"], each.get("expect", {}))
            for number, each in enumerate(messages, 1)
        ]
    return Case(
        id=name,
        kind=line["class"] if messages is None else line.get("kind", CONVERSATION),
        part=line.get("part", "dev"),
        calendar=line["calendar"],
        is_conversation=messages is not None,
        context=line["context"],
        turns=tuple(turns),
    )
