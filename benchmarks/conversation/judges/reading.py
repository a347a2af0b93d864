"""Judges how the words were read: the constraints, the act and what it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.conversation.answers import Answer
from benchmarks.conversation.judges.folding import counterpart, fold
from benchmarks.conversation.judges.verdicts import Circumstances, Verdict
from benchmarks.conversation.judges.window import Window, first_difference, read_window

REGIONS = {
    "CA": "California", "IN": "Indiana", "MA": "Massachusetts", "NC": "North Carolina",
    "NJ": "New Jersey", "NY": "New York", "PA": "Pennsylvania",
}  # fmt: skip
_DISTANCE_SHARE = 0.02
_WINDOW_KEYS = ("date_from", "date_to", "times")
# Ages that say the same as a group of people.
_AGES = {
    "seniors": (50, 120), "adults": (18, 120), "teens": (12, 19), "tweens": (8, 13),
    "toddlers": (0, 4), "kids": (0, 13), "families": (0, 13),
}  # fmt: skip
_NOT_A_WISH = frozenset({"query", "sources", "any_of", "none_of"})


def judge_reading(around: Circumstances, answer: Answer) -> Iterator[Verdict]:
    """All that the expectation says of the reading."""
    expect = around.turn.expect
    wanted = expect.get("constraints", {})
    yield from _judge_window(around, wanted, answer)
    for key, value in wanted.items():
        if key not in _WINDOW_KEYS:
            got = answer.constraints.get(key)
            is_right = _is_met(key, value, answer.constraints)
            yield Verdict("constraints", key, is_right, value, got)
    for entry in expect.get("gone", []):
        key, _, value = entry.partition("=")
        got = answer.constraints.get(key)
        stays = value in _strings(got) if value else not _is_empty(got, key, around)
        yield Verdict("constraints", f"gone {entry}", not stays, None, got)
    if "act" in expect:
        kinds = [expect["act"]] if isinstance(expect["act"], str) else expect["act"]
        kind = (answer.act or {}).get("kind")
        yield Verdict("act", "act", kind in kinds, kinds, kind)
    yield from _judge_references(around, answer)


def _judge_window(
    around: Circumstances, wanted: Mapping[str, Any], answer: Answer
) -> Iterator[Verdict]:
    got = {key: answer.constraints.get(key) for key in _WINDOW_KEYS}
    for key in ("date_from", "date_to"):
        if key in wanted and wanted[key] is None:
            is_right = _is_empty(got[key], key, around)
            yield Verdict("constraints", key, is_right, None, got[key])
    if not any(wanted.get(key) for key in _WINDOW_KEYS):
        return
    expected = read_window(wanted)
    tolerance = timedelta(minutes=around.turn.expect.get("tolerance_minutes", 0))
    differences = [
        first_difference(
            expected, _answered(answer.constraints, zone), now=around.now, tolerance=tolerance
        )
        for zone in around.zones
    ]
    shown = {key: wanted[key] for key in _WINDOW_KEYS if wanted.get(key)}
    got_shown = {key: value for key, value in got.items() if value}
    if None not in differences:
        got_shown["first difference"] = str(differences[0])
    yield Verdict("constraints", "window", None in differences, shown, got_shown)


def _answered(constraints: Mapping[str, Any], zone: ZoneInfo) -> Window:
    start, end = (
        datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None) if value else None
        for value in (constraints.get("date_from"), constraints.get("date_to"))
    )
    return Window(start, end, constraints.get("times") or ())


def _is_empty(value: object, key: str, around: Circumstances) -> bool:
    """Whether a wish is absent; a start that is now says nothing."""
    if isinstance(value, Mapping):
        return all(_is_empty(each, key, around) for each in value.values())
    if key == "date_from" and isinstance(value, str):
        return datetime.fromisoformat(value) <= around.case.now
    return value is None or value in ("", [], ())


def _is_met(key: str, wanted: Any, constraints: Mapping[str, Any]) -> bool:
    got = constraints.get(key)
    if wanted is None:
        return got is None or got in ("", [], {})
    if key == "place":
        names = [wanted] if isinstance(wanted, str) else wanted
        return got is not None and any(is_place(name, got["label"]) for name in names)
    if key == "max_distance_miles":
        return got is not None and abs(got - wanted) <= _DISTANCE_SHARE * wanted
    if key == "age":
        return _holds_age(got, wanted)
    if key == "audience":
        return _is_for(wanted, got, constraints.get("age"))
    if key in ("any_of", "none_of"):
        return all(_has_counterpart(key, entry, constraints) for entry in wanted)
    if key == "order":
        return bool(got == wanted)
    return (isinstance(got, type(wanted)) and got == wanted) or _same_number(got, wanted)


def _same_number(got: object, wanted: object) -> bool:
    numbers = [
        each for each in (got, wanted) if isinstance(each, int | float) and type(each) is not bool
    ]
    return len(numbers) == 2 and abs(numbers[0] - numbers[1]) < 0.005


def is_place(wanted: str, label: str) -> bool:
    """Whether a label begins with the city and holds the region, short or in full."""
    city, _, region = wanted.partition(", ")
    parts = [fold(part) for part in label.split(",")]
    regions = {fold(region), fold(REGIONS.get(region, region))}
    return fold(label).startswith(fold(city)) and (not region or bool(regions & set(parts[1:])))


def _bounds(age: object) -> tuple[float | None, float | None]:
    if isinstance(age, Mapping):
        return age.get("min"), age.get("max")
    if isinstance(age, int | float):
        return age, age
    return None, None


def _holds_age(got: object, wanted: float) -> bool:
    low, high = _bounds(got)
    if low is None and high is None:
        return False
    return (low is None or low <= wanted) and (high is None or wanted <= high)


def _is_for(wanted: Sequence[str], got: object, age: object) -> bool:
    given = _strings(got)
    if any(counterpart(name, each) for name in wanted for each in given):
        return True
    low, high = _bounds(age)
    if low is None and high is None:
        return False
    least, most = _AGES[next(name for name in wanted if name in _AGES)]
    return least <= (low if low is not None else high or 0) <= most


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _strings(each)]
    if isinstance(value, Sequence):
        return [text for each in value for text in _strings(each)]
    return []


def _has_counterpart(key: str, entry: str | Sequence[str], constraints: Mapping[str, Any]) -> bool:
    """In the same wish; what is excluded may also be a constraint of the venue or audience."""
    names = [entry] if isinstance(entry, str) else entry
    given = _strings(constraints.get(key))
    if key == "none_of":
        others = {name: value for name, value in constraints.items() if name not in _NOT_A_WISH}
        given = given + _strings({name: value for name, value in others.items() if name != "place"})
    return any(counterpart(name, each) for name in names for each in given)


def _judge_references(around: Circumstances, answer: Answer) -> Iterator[Verdict]:
    expect = around.turn.expect
    ids = (answer.act or {}).get("refers_to") or []
    known = [event for event in map(around.event_of, ids) if event is not None]
    referred = known or list(answer.shown)
    titles = [event.title for event in referred]
    if "refers_to" in expect:
        missing = [
            title
            for title in expect["refers_to"]
            if not any(around.is_same(title, event) for event in referred)
        ]
        yield Verdict("refers", "refers_to", not missing, expect["refers_to"], titles)
    if "refers_to_rank" in expect:
        ranked = around.rank_of(expect["refers_to_rank"])
        if ranked is not None:
            wanted = [event.title for event in ranked]
            got = {event.id for event in referred}
            is_right = {event.id for event in ranked} == got
            yield Verdict("refers", "refers_to_rank", is_right, wanted, titles)
