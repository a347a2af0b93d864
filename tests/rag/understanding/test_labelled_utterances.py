"""Every labelled message means what its label says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rag.types import Constraints
from tests.rag.understanding.conftest import Ask, holds_age, local


def _differences(got: Constraints, want: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name of each wish that is wrong → (got, wanted)."""
    wrong = {}
    for name, wanted in want.items():
        value = getattr(got, name)
        if name in ("date_from", "date_to"):
            value = local(value)
        if name == "age":
            value = wanted if holds_age(value, wanted) else value
        if name == "place" and wanted is not None:
            value = wanted if value and value.label.startswith(wanted) else value
        if value != wanted:
            wrong[name] = (value, wanted)
    return wrong


def test_labelled_utterances_are_all_understood(ask: Ask, shared_data: Path) -> None:
    lines = (shared_data / "utterances.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line) for line in lines]

    wrong = {
        each["text"]: differences
        for each in labelled
        if (
            differences := _differences(
                ask(each["text"], now=each["now"], zone=each["timezone"]), each["want"]
            )
        )
    }

    assert wrong == {}
    assert len(labelled) >= 40
