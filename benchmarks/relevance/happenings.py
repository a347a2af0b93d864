"""Which event keys are one happening, so that no system is paid or fined for copies.

The labels tell the dates of a series from those of another; the search goes further and
shows what has the same title and venue once. For the figures both are one: a happening
has the best of its events' grades, and counts in a ranking at its first place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache

from benchmarks.relevance.labels import event_key
from events.models import Event


@lru_cache(maxsize=1)
def happenings() -> Mapping[str, str]:
    """Event key → the key that stands for its happening."""
    parent: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    keys: dict[str, Hashable] = {}
    names = ("source", "external_id", "series_id", "search_row__group_key")
    for source, external_id, series_id, group in Event.objects.order_by("pk").values_list(*names):
        key = event_key(source, external_id, series_id)
        keys[key] = ("key", key)
        if group is not None:
            parent[root(keys[key])] = root(("group", group))
    first: dict[Hashable, str] = {}
    return {key: first.setdefault(root(node), key) for key, node in keys.items()}


def happening_of(key: str) -> str:
    """The key that stands for an event's happening; its own when the event is not stored."""
    return happenings().get(key, key)


def grades_of_happenings(
    grades: Mapping[str, int], happening_of: Callable[[str], str]
) -> dict[str, int]:
    """The best grade of each happening."""
    best: dict[str, int] = {}
    for key, grade in grades.items():
        name = happening_of(key)
        best[name] = max(grade, best.get(name, 0))
    return best


def rank_happenings(keys: Iterable[str]) -> list[str]:
    """Each happening once, at its first place."""
    return list(dict.fromkeys(happening_of(key) for key in keys))
