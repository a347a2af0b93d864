"""Whole retrieval: understand, geocode, embed, search, rank and load, as a turn does them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from benchmarks.search.comparing import ROUNDS
from benchmarks.search.material.rows import NOW
from benchmarks.search.material.texts import query_texts
from benchmarks.search.material.vocabulary import GUESTS, TOPICS
from events.models import Place
from rag.service import get_context_events, warm_up

_SEED = 13
_NAMES = 24  # of the guests, those that are one word
_WHERE = ("near {town}", "within 10 miles of {town}", "in {town}", "online", "")
_WHEN = ("this weekend", "tomorrow", "in the next two weeks", "next month", "")


def measure_whole(count: int) -> list[float]:
    """Milliseconds of `count` messages, the quickest of `ROUNDS` each, after an untimed round.

    In each round they name other companions, so that no vector is remembered.
    """
    warm_up()
    took = [float("inf")] * count
    for number in range(ROUNDS + 1):
        messages = list(_messages(count, take=number))
        for at, message in enumerate(tqdm(messages, "whole", disable=None, leave=False)):
            began = time.perf_counter()
            get_context_events(message, now=NOW)
            if number:
                took[at] = min(took[at], (time.perf_counter() - began) * 1000)
    return took


def _messages(count: int, *, take: int) -> Iterator[str]:
    random = np.random.default_rng(_SEED)
    places = list(Place.objects.order_by("-population")[:1000])
    for number in range(count):
        words = query_texts(int(random.integers(len(TOPICS))))
        town = places[int(random.integers(len(places)))].label
        where = _WHERE[number % len(_WHERE)].format(town=town)
        when = _WHEN[int(random.integers(len(_WHEN)))]
        companions = f"{GUESTS[(number + take) % _NAMES]} and {GUESTS[number % 11 + take + 1]}"
        asked = f"{words[int(random.integers(len(words)))]} with {companions}"
        yield " ".join(part for part in (asked, where, when) if part)
