"""Every kind of event of the demonstration, by the part of the week that it fills."""

from __future__ import annotations

from events.demo.kind import Kind, Slot
from events.demo.kinds.community import COMMUNITY
from events.demo.kinds.evenings import EVENINGS
from events.demo.kinds.families import FAMILIES
from events.demo.kinds.online import ONLINE
from events.demo.kinds.outdoors import OUTDOORS
from events.demo.kinds.stages import STAGES

KINDS: tuple[Kind, ...] = (*STAGES, *EVENINGS, *FAMILIES, *OUTDOORS, *COMMUNITY, *ONLINE)
_BY_KEY = {kind.key: kind for kind in KINDS}


def kinds_for(slot: Slot) -> tuple[Kind, ...]:
    """The kinds that fill one part of the week."""
    return tuple(kind for kind in KINDS if kind.slot == slot)


def kind_named(key: str) -> Kind:
    """The kind with this key."""
    return _BY_KEY[key]
