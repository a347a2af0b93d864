"""An act as JSON: what a client is told of it, and what an answer keeps for the turns after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Any, get_args

from rag.types import Act, ActKind, Slot

KINDS = frozenset(get_args(ActKind))
# What holds until another message changes it is only changed by these.
CHANGES_WISHES = frozenset({"find", "count", "plan"})
_EMPTY = Act()


def act_told(act: Act) -> dict[str, Any]:
    """The `act` of the contract."""
    return {"kind": act.kind, "refers_to": list(act.refers_to), "read_by": act.read_by}


def act_to_json(act: Act) -> dict[str, Any]:
    """All of an act that differs from a plain search."""
    stored: dict[str, Any] = {"kind": act.kind}
    for each in fields(Act):
        value = getattr(act, each.name)
        if each.name not in ("kind", "slots") and value != getattr(_EMPTY, each.name):
            stored[each.name] = list(value) if isinstance(value, tuple) else value
    if act.slots:
        stored["slots"] = [_slot_to_json(slot) for slot in act.slots]
    return stored


def act_from_json(stored: Mapping[str, Any] | None) -> Act | None:
    """The act of a stored object; None for what none of this version's acts is."""
    if not stored or stored.get("kind") not in KINDS:
        return None
    known = {each.name for each in fields(Act)}
    given = {name: value for name, value in stored.items() if name in known}
    try:
        given["refers_to"] = tuple(int(each) for each in given.get("refers_to", ()))
        given["slots"] = tuple(_slot_from_json(each) for each in given.get("slots", ()))
    except (TypeError, ValueError, KeyError):
        return None
    return Act(**given)


def acts_from_json(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Act, ...]:
    """The acts of a stored list; what is none is left out."""
    return tuple(act for each in stored or () if (act := act_from_json(each)) is not None)


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "wish": slot.wish,
        "starts": slot.starts.isoformat() if slot.starts else None,
        "ends": slot.ends.isoformat() if slot.ends else None,
    }


def _slot_from_json(stored: Mapping[str, Any]) -> Slot:
    starts, ends = (
        time.fromisoformat(stored[name]) if stored.get(name) else None
        for name in ("starts", "ends")
    )
    return Slot(str(stored["wish"]), starts, ends)
