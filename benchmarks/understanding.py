"""Milliseconds to understand a message, its one database query included."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import percentile, table
from rag.service import understand_message, warm_up

LABELLED = Path(__file__).resolve().parents[2] / "shared" / "data" / "utterances.jsonl"
OWN = [
    "what's on for kids near Newton this weekend?",
    "free live music in Asheville tomorrow night",
    "online workshops about gardening in the next two weeks",
    "trivia within 5 miles of 02458 on Wednesday",
    "Dec 5–7 in Berlin, art exhibitions under €15",
]
HOSTILE = ["1" * 4000, "12/5 " * 800, "in Boston, MA " * 280, "between " * 500, "ages 6-" * 570]
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
            ("hostile, 4,000 characters", _measure(HOSTILE, rounds=5)),
        )
    ]
    print(table(["what", "calls", "p50 ms", "p99 ms", "max ms"], rows))


def _measure(messages: list[str], *, rounds: int) -> list[float]:
    took = []
    for _ in range(rounds):
        for message in messages:
            began = time.perf_counter()
            understand_message(message, now=datetime.now(UTC))
            took.append((time.perf_counter() - began) * 1000)
    return took
