"""Finds addresses and landmarks by a geocoder: from kept answers, else by asking at its pace.

A geocoder that fails, rests or is too slow never fails a turn: the place then
stays unknown. No transaction and no connection is held while it is asked.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from core.text import fold_name
from events.ingestion.locations.locate import Geocode
from rag.geocoding.errors import GeocoderBusy, GeocoderError
from rag.geocoding.pace import Pace
from rag.types import Centre

if TYPE_CHECKING:
    from rag.geocoding.kept_answers import KeptAnswers
    from rag.geocoding.provider import Provider

log = logging.getLogger(__name__)

_MOST_CHARACTERS = 200
# A worker thread that waits for a geocoder serves no other visit, so few may wait at once.
_MOST_AT_ONCE = 2


class Geocoder:
    """One configured geocoder with its kept answers and its pace."""

    def __init__(self, provider: Provider, pace: Pace, kept: KeptAnswers) -> None:
        self._provider, self._pace, self._kept = provider, pace, kept
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)
        # Socket timeouts bound each read and not the whole answer; waiting on a thread does.
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="geocoder")

    def find(self, words: str) -> tuple[Centre, ...]:
        """What the words of a place name, the likeliest first; empty when nobody knows."""
        query = fold_name(words)[:_MOST_CHARACTERS].strip()
        if not query:
            return ()
        known = self._kept.read_answer(query)
        if known is not None:
            return known
        if connection.in_atomic_block:  # asking would hold the transaction open
            log.error("geocoder_not_asked reason=in_transaction")
            return ()
        if not self._places.acquire(blocking=False):
            log.warning("geocoder_not_asked reason=too_many_at_once")
            return ()
        try:
            return self._find_out(words[:_MOST_CHARACTERS], query)
        finally:
            self._places.release()

    def _find_out(self, words: str, query: str) -> tuple[Centre, ...]:
        """The answer, asked for by this worker or by another one at the same time."""
        deadline = time.monotonic() + self._pace.timeout
        if not self._kept.claim_question(query, self._pace.timeout + 1):
            return self._kept.wait_for_answer(query, deadline) or ()
        try:
            self._pace.wait_for_turn(deadline)
            found = self._ask(words, deadline)
        except GeocoderError as error:
            self._kept.drop_claim(query)
            event = "geocoder_not_asked" if isinstance(error, GeocoderBusy) else "geocoder_failed"
            log.warning("%s provider=%s reason=%s", event, self._provider.name, error.reason)
            return ()
        self._kept.store_answer(query, found)
        return found

    def _ask(self, words: str, deadline: float) -> tuple[Centre, ...]:
        left = max(deadline - time.monotonic(), 0.05)
        connection.close()
        asked = self._threads.submit(self._provider.ask, words, left)
        try:
            found = asked.result(left)
        except GeocoderError as error:
            self._pace.end_turn(failed=True, rest_seconds=error.rest_seconds)
            raise
        except TimeoutError as error:
            asked.cancel()
            self._pace.end_turn(failed=True)
            raise GeocoderError("timeout") from error
        self._pace.end_turn(failed=False)
        return found


@lru_cache(maxsize=1)
def configured_geocoder() -> Geocoder | None:
    """The geocoder that the settings name, made once; None when it is off.

    Raises:
        ImproperlyConfigured: the settings name none that works.
    """
    name: str = settings.GEOCODER
    if not name:
        return None
    # Here, since every command would wait for geopy's dozens of modules, and few need them.
    from rag.geocoding.kept_answers import KeptAnswers
    from rag.geocoding.provider import Provider

    provider = Provider(name, settings.GEOCODER_OPTIONS)
    interval, timeout = settings.GEOCODER_MIN_INTERVAL_SECONDS, settings.GEOCODER_TIMEOUT_SECONDS
    kept = KeptAnswers(name, timedelta(days=settings.GEOCODER_CACHE_DAYS))
    return Geocoder(provider, Pace(name, interval, timeout), kept)


def configured_geocode() -> Geocode | None:
    """For `ImportOptions.geocode`; None when no geocoder is configured.

    Raises:
        ImproperlyConfigured: the settings name none that works.
    """
    geocoder = configured_geocoder()
    return None if geocoder is None else geocode_by(geocoder)


def geocode_by(geocoder: Geocoder) -> Geocode:
    """Asks this geocoder at its own pace; an answer that is kept is not asked for again."""

    def geocode(line: str) -> tuple[float, float] | None:
        found = geocoder.find(line)
        return (found[0].lat, found[0].lng) if found else None

    return geocode
