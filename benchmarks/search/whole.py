"""Whole retrieval: understand, geocode, embed, search, rank and load, as a turn does them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from benchmarks.search.rows import NOW
from benchmarks.search.texts import query_texts
from benchmarks.search.vocabulary import TOPICS
from events.models import Place
from rag.service import get_context_events, warm_up

_SEED = 13
_WHERE = ("near {town}", "within 10 miles of {town}", "in {town}", "online", "")
_WHEN = ("this weekend", "tomorrow", "in the next two weeks", "next month", "")


def measure_whole(count: int) -> list[float]:
    """Milliseconds of `count` messages, each other words, so that no vector is remembered."""
    warm_up()
    for message in _messages(20, seed=_SEED + 1):
        get_context_events(message, now=NOW)
    took = []
    for message in tqdm(list(_messages(count, seed=_SEED)), "whole", disable=None, leave=False):
        began = time.perf_counter()
        get_context_events(message, now=NOW)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _messages(count: int, *, seed: int) -> Iterator[str]:
    random = np.random.default_rng(seed)
    places = list(Place.objects.order_by("-population")[:1000])
    for number in range(count):
        words = query_texts(int(random.integers(len(TOPICS))))
        town = places[int(random.integers(len(places)))].label
        where = _WHERE[number % len(_WHERE)].format(town=town)
        when = _WHEN[int(random.integers(len(_WHEN)))]
        # A number makes the words new ones, and hardly other ones.
        asked = f"{words[int(random.integers(len(words)))]} take {number}"
        yield " ".join(part for part in (asked, where, when) if part)
