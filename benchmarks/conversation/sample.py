"""Another form of questions: the sample that may stand in the folder of the calendars.

Its single questions give hours, weekdays and exclusions by words and its answers as prose;
its conversations say nothing of each message. What is missing stands here, by id.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.conversation.cases import Case, make_case

_EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
_WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], 1
    )
}
_HOURS = {"05-12": ("05:00", "12:00"), "17-24": ("17:00", "00:00")}
_AUDIENCES = {
    "adults": ["adults", "adult"],
    "kids": ["kids", "children", "families", "family"],
}
_NOT_SAID = [
    "not say", "n't say", "not list", "n't list", "not give", "n't give", "not mention",
    "n't mention", "says nothing", "not know", "n't know", "no price", "free",
]  # fmt: skip
_TOWN = "Lancaster, PA"
_DECEMBER = {"date_from": "2026-12-01T10:00", "date_to": "2027-01-01T00:00"}
_WEEKEND = {"date_from": "2026-12-04T17:00", "date_to": "2026-12-07T00:00"}
_SECOND_WEEKEND = {"date_from": "2026-12-11T17:00", "date_to": "2026-12-14T00:00"}
_ON_WEEKENDS = [{"weekdays": [6, 7], "nth": None, "from": "00:00", "to": "00:00"}]
# What a question expects beyond what its line says in the terms of the judges.
_SINGLE: Mapping[str, Mapping[str, Any]] = {
    "F1": {"act": "about", "answer": [["7:30", "19:30"], ["15"]]},
    "F5": {"act": "about", "answer": [["american music theatre"]]},
    "F9": {"act": "about", "answer": [["7:30", "19:30"], ["25"]]},
    "C2": {"act": "count", "answer": [["#3", "#4"]]},
    "C5": {"act": "compare", "answer": [["zz top"]]},
}
_TALKS: Mapping[str, list[Mapping[str, Any]]] = {
    "X2": [
        {
            "act": "find",
            "constraints": {
                "place": _TOWN,
                "date_from": "2026-12-02T00:00",
                "date_to": "2026-12-03T00:00",
            },
        },
        {"act": "find", "constraints": {"place": _TOWN}},
        {"act": "find", "constraints": {"place": "Lititz, PA"}, "every_listed_at": "Lititz"},
        {"act": ["about", "compare"], "answer": [_NOT_SAID]},
        {"act": "talk", "lists": False},
    ],
    "X5": [
        {"act": "find", "constraints": {"place": _TOWN, **_DECEMBER}},
        {"act": "about", "answer": [["25"]], "refers_to": ["An Evening with Kenny G"]},
        {"act": "about", "answer": [["$", *_NOT_SAID]], "refers_to": ["An Evening with Kenny G"]},
        {"act": "find", "constraints": {"place": "Bloomington, IN"}},
        {
            "act": "find",
            "constraints": {
                "place": _TOWN,
                "date_from": "2026-12-25T00:00",
                "date_to": "2026-12-26T00:00",
            },
        },
    ],
    "X8": [
        {"act": "find", "constraints": {"place": _TOWN}},
        {"act": "find", "constraints": {"place": _TOWN, "audience": _AUDIENCES["adults"]}},
        {"act": "find", "constraints": {"place": _TOWN, "times": _ON_WEEKENDS}},
        {"constraints": {"place": "Quarryville, PA"}, "every_listed_at": "Quarryville"},
        {"act": "find", "gone": ["date_from", "date_to", "times"]},
    ],
    "X11": [
        {"act": "find", "constraints": {"place": _TOWN, **_WEEKEND}},
        {"act": "find", "constraints": {"place": "Raleigh, NC", **_WEEKEND}},
        {"constraints": {"place": "Raleigh, NC", "max_price": 0, **_WEEKEND}},
        {"constraints": {"place": "Raleigh, NC", **_WEEKEND}, "gone": ["max_price"]},
        {"constraints": {"place": "Raleigh, NC", **_SECOND_WEEKEND}},
    ],
}


def load_sample(path: Path) -> list[Case]:
    """The questions and conversations of the sample, all of the part `dev`."""
    if not path.exists():
        sys.exit(f"{path} not found: give the folder of the sample with --data or CALENDARS.")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [make_case(_in_our_form(json.loads(line))) for line in lines if line.strip()]


def _in_our_form(line: Mapping[str, Any]) -> dict[str, Any]:
    if "turns" in line:
        expected = _TALKS.get(line["id"], [{}] * len(line["turns"]))
        messages = [
            {"text": text, "expect": expect}
            for text, expect in zip(line["turns"], expected, strict=True)
        ]
        return {**line, "kind": "sample", "messages": messages}
    given = line["expect"]
    expect = {
        "constraints": _constraints(given["constraints"]),
        "act": "find",
        "belong": given["belong"],
        "grades": dict.fromkeys(given.get("graded_no_answer", []), 0),
        **_SINGLE.get(line["id"], {}),
    }
    return {**line, "expect": expect}


def _constraints(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        key: value
        for key, value in given.items()
        if key not in ("time_of_day", "weekday", "not", "audience")
    }
    if audience := given.get("audience"):
        found["audience"] = _AUDIENCES[audience]
    if excluded := given.get("not"):
        found["none_of"] = [excluded]
    hours = _HOURS.get(given.get("time_of_day", ""))
    if hours or "weekday" in given:
        weekdays = [_WEEKDAYS[given["weekday"]]] if "weekday" in given else _EVERY_DAY
        first, last = hours or ("00:00", "00:00")
        found["times"] = [{"weekdays": weekdays, "nth": None, "from": first, "to": last}]
    return found
