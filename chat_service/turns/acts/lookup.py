"""Finds the events that an act names by words: a title, or part of one, that nothing showed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from chat_service.tools.search_events import EventSearch, get_relevant_events
from core.text import fold_name
from rag.types import Act, Constraints, RankedEvent, Retrieval

# An event is asked about long before it takes place.
_DAYS_AHEAD = 365
_LEAST_SHARE = 0.6
_COMPARED = 3
_LITTLE = frozenset("a an and at by for from in is it of on or the this that to with".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class LookedUp:
    """An act with the events that its words name; `closest` are others, where none is named so."""

    act: Act
    closest: Sequence[RankedEvent] = ()


async def look_up(act: Act, search: EventSearch) -> LookedUp:
    """Finds what an act is about, by its words, within the wishes of its message.

    Raises:
        RetrievalError: the events could not be searched.
    """
    if act.kind == "compare" and len(act.slots) > 1:
        return LookedUp(await _compared(act, search))
    found, named = await _find_named(act.subject, search)
    if named:
        many = _COMPARED if act.kind == "compare" else 1
        ids = tuple(dict.fromkeys(one.event.id for one in named[:many]))
        return LookedUp(replace(act, refers_to=ids, missing=None))
    best = found.in_tier("recommended")
    if best and act.kind in ("calendar", "compare"):
        many = _COMPARED if act.kind == "compare" else 1
        return LookedUp(replace(act, refers_to=tuple(one.event.id for one in best[:many])))
    return LookedUp(replace(act, missing=act.subject), best[:_COMPARED])


async def _compared(act: Act, search: EventSearch) -> Act:
    """The best event for each wish that is compared."""
    ids: list[int] = []
    for slot in act.slots:
        found, named = await _find_named(slot.wish, search)
        best = named or list(found.in_tier("recommended"))
        ids += [one.event.id for one in best[:1]]
    return replace(act, refers_to=tuple(dict.fromkeys(ids)))


async def _find_named(words: str, search: EventSearch) -> tuple[Retrieval, list[RankedEvent]]:
    """What fits the words, and what is named so; where nothing is in full, also beyond dates and
    price.

    "Is the city market free?" names no price, and "Monday contra dance" no day.
    """
    found = await _search(words, search)
    named = _named(words, found.events)
    if named and named[0].share == 1.0:
        return found, [each.found for each in named]
    wider = replace(search.constraints, date_from=None, date_to=None, max_price=None, audience=None)
    beyond = _named(words, (await _search(words, replace(search, constraints=wider))).events)
    best = beyond if beyond and (not named or beyond[0].share > named[0].share) else named
    return found, [each.found for each in best]


async def _search(words: str, search: EventSearch) -> Retrieval:
    wishes: Constraints = replace(
        search.constraints,
        query=words,
        names=(words,),
        more_like=None,
        not_event_ids=(),
        sources={**search.constraints.sources, "query": "message"},
    )
    return await get_relevant_events(
        replace(search, constraints=wishes, debug=False, days_ahead=_DAYS_AHEAD)
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """A found event, and the share of the words that its title holds."""

    share: float
    found: RankedEvent


def _named(words: str, events: Sequence[RankedEvent]) -> list[_Named]:
    """The events whose title holds most of the words, the fullest title first."""
    wanted = _stems(words)
    if not wanted:
        return []
    shares = [_Named(_share(wanted, words, one.event.title), one) for one in events]
    best = [each for each in shares if each.share >= _LEAST_SHARE]
    return sorted(best, key=lambda each: (-each.share, each.found.event.start_time))


def _share(wanted: frozenset[str], words: str, title: str) -> float:
    """How well a title goes with words: the share of them in it, or of its own among them.

    "Bingo fundraiser" is "BINGO Fund Raiser", too, and "zztop" begins "ZZ Top: live".
    """
    held = _stems(title)
    met = len(wanted & held)
    if fold_name(words).replace(" ", "") in accumulate(fold_name(title).split()):
        return 1.0
    own = met / len(held) if met > 1 else 0.0
    return max(met / len(wanted), own)


def _stems(text: str) -> frozenset[str]:
    words = fold_name(text).split()
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") else word
        for word in words
        if word not in _LITTLE
    )
