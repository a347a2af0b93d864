"""Milliseconds to understand a message, its one database query included."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import percentile, table
from rag.service import read_message, understand_message, warm_up
from rag.types import ShownEvent

LABELLED = Path(__file__).resolve().parents[2] / "shared" / "data" / "utterances.jsonl"
OWN = [
    "what's on for kids near Newton this weekend?",
    "free live music in Asheville tomorrow night",
    "online workshops about gardening in the next two weeks",
    "trivia within 5 miles of 02458 on Wednesday",
    "Dec 5–7 in Berlin, art exhibitions under €15",
]
FIRST = "live music near Cambridge, MA this weekend under $40"
FOLLOW_UPS = [
    "what about Sunday?",
    "more like the second one",
    "something like the jazz night, but in Boston",
    "cheaper ones",
    "anything else?",
    "later",
]
SHOWN = [
    ShownEvent(number, title, number, 10.0 * number)
    for number, title in enumerate(
        ["Live Jazz: the Quartet", "Jazz Night at the Lantern", "Open Mic", "Puppet Show"], start=1
    )
]
HOSTILE = ["1" * 4000, "12/5 " * 800, "in Boston, MA " * 280, "between " * 500, "ages 6-" * 570]
HOSTILE += ["more like the " * 285, "anything else not the first " * 140, "a bit later " * 330]
ROUNDS = 40


def run() -> None:
    """Labelled messages where they are there, our own always, and hostile ones."""
    messages = OWN
    if LABELLED.exists():
        messages = OWN + [json.loads(line)["text"] for line in LABELLED.read_text().splitlines()]
    warm_up()
    _measure(messages, rounds=3)
    rows = [
        [name, len(took), percentile(took, 0.5), percentile(took, 0.99), max(took)]
        for name, took in (
            ("messages", _measure(messages, rounds=ROUNDS)),
            ("follow-ups", _measure_follow_ups()),
            ("hostile, 4,000 characters", _measure(HOSTILE, rounds=5)),
        )
    ]
    print(table(["what", "calls", "p50 ms", "p99 ms", "max ms"], rows))


def _measure_follow_ups() -> list[float]:
    standing = understand_message(FIRST, now=datetime.now(UTC))
    return _measure(FOLLOW_UPS, rounds=10 * ROUNDS, standing=standing, shown=SHOWN)


def _measure(messages: list[str], *, rounds: int, **given: Any) -> list[float]:
    took = []
    for _ in range(rounds):
        for message in messages:
            began = time.perf_counter()
            read_message(message, now=datetime.now(UTC), **given)
            took.append((time.perf_counter() - began) * 1000)
    return took
