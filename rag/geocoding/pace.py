"""A geocoder's turns: one request at a time, an interval after the one before it.

The pace stands in the database, so that it holds for all processes together.
Each step is one statement of its own: nothing is locked while somebody asks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Now

from events.models import GeocoderPace
from rag.geocoding.errors import GeocoderBusy

FAILURES_BEFORE_REST = 3
REST_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of one geocoder; both times are in seconds."""

    provider: str
    interval: float
    timeout: float

    def wait_for_turn(self, deadline: float) -> None:
        """Returns when this process may ask, until it calls `end_turn`.

        Without an interval (a server of one's own) there are no turns to wait for.

        Raises:
            GeocoderBusy: the geocoder rests, or its turn comes after `deadline` (monotonic).
        """
        GeocoderPace.objects.bulk_create(
            [GeocoderPace(provider=self.provider)], ignore_conflicts=True
        )
        while not self._take_turn():
            self._wait(deadline)

    def end_turn(self, *, failed: bool, rest_seconds: float | None = None) -> None:
        """Lets the next one ask after the interval; rests after several failures in a row."""
        failures = F("failures") + 1 if failed else Value(0)
        resting_until: Combinable = F("resting_until")
        if rest_seconds is not None:
            asked_for = Now() + timedelta(seconds=rest_seconds)
            resting_until = Greatest(resting_until, asked_for)
        elif failed:
            rests = When(
                failures__gte=FAILURES_BEFORE_REST - 1,
                then=Now() + timedelta(seconds=REST_SECONDS),
            )
            resting_until = Case(rests, default=resting_until)
        GeocoderPace.objects.filter(pk=self.provider).update(
            busy_until=Now(),
            next_at=Now() + timedelta(seconds=self.interval),
            failures=failures,
            resting_until=resting_until,
        )

    def _take_turn(self) -> bool:
        free = GeocoderPace.objects.filter(pk=self.provider, resting_until__lte=Now())
        if self.interval == 0:
            return free.exists()
        # The claim expires, so that a process that dies in its turn blocks nobody.
        ends = Now() + timedelta(seconds=self.timeout + self.interval)
        return bool(free.filter(next_at__lte=Now(), busy_until__lte=Now()).update(busy_until=ends))

    def _wait(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        pace = GeocoderPace.objects.annotate(now=Now()).get(pk=self.provider)
        due = max(pace.next_at, pace.resting_until)
        wait = max((due - pace.now).total_seconds(), _LOOK_AGAIN_SECONDS)
        if wait > left:
            raise GeocoderBusy("resting" if pace.resting_until > pace.now else "no_turn_in_time")
        connection.close()  # others may use it meanwhile
        time.sleep(wait)
