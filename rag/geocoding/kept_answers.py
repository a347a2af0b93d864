"""The answers of geocoders, kept in the database; one worker asks, the others wait for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from events.models import GeocodedPlace
from rag.types import Centre
from rag.understanding.serialise import centre_from_json, centre_to_json

NOTHING_FOUND_KEPT = timedelta(days=1)
_LOOK_AGAIN_SECONDS = 0.05
_MOST_FORGOTTEN = 100


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers of one geocoder to one folded query each."""

    provider: str
    kept_for: timedelta

    def read_answer(self, query: str) -> tuple[Centre, ...] | None:
        """The kept answer; None when there is none that still holds."""
        rows = self._rows(query).filter(expires_at__gt=Now(), results__isnull=False)
        stored = rows.values_list("results", flat=True).first()
        return None if stored is None else tuple(centre_from_json(one) for one in stored)

    def claim_question(self, query: str, seconds: float) -> bool:
        """Whether this worker is the one to ask; the claim runs out after `seconds`."""
        GeocodedPlace.objects.bulk_create(
            [GeocodedPlace(provider=self.provider, query=query, asked_until=Now())],
            ignore_conflicts=True,
        )
        is_open = Q(expires_at__isnull=True) | Q(expires_at__lte=Now())
        unclaimed = self._rows(query).filter(is_open, asked_until__lte=Now())
        return bool(unclaimed.update(asked_until=Now() + timedelta(seconds=seconds)))

    def store_answer(self, query: str, found: Sequence[Centre]) -> None:
        """Keeps an answer and ends the claim; forgets some that no longer hold."""
        kept_for = self.kept_for if found else NOTHING_FOUND_KEPT
        results = [centre_to_json(centre) for centre in found]
        GeocodedPlace.objects.update_or_create(
            provider=self.provider,
            query=query,
            defaults={
                "results": results,
                "fetched_at": Now(),
                "expires_at": Now() + kept_for,
                "asked_until": Now(),
            },
        )
        self._forget_expired()

    def drop_claim(self, query: str) -> None:
        """Ends the claim without an answer, so that the next one to need it asks again."""
        self._rows(query).filter(fetched_at__isnull=True).delete()
        self._rows(query).update(asked_until=Now())

    def wait_for_answer(self, query: str, deadline: float) -> tuple[Centre, ...] | None:
        """The answer that another worker asks for; None when it gets none by `deadline`."""
        while True:
            answer = self.read_answer(query)
            is_asked = self._rows(query).filter(asked_until__gt=Now()).exists()
            if answer is not None or not is_asked:
                return answer if answer is not None else self.read_answer(query)
            if time.monotonic() + _LOOK_AGAIN_SECONDS > deadline:
                return None
            connection.close()  # others may use it meanwhile
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _rows(self, query: str) -> models.QuerySet[GeocodedPlace]:
        return GeocodedPlace.objects.filter(provider=self.provider, query=query)

    def _forget_expired(self) -> None:
        expired = GeocodedPlace.objects.filter(expires_at__lte=Now(), asked_until__lte=Now())
        GeocodedPlace.objects.filter(pk__in=expired.values("pk")[:_MOST_FORGOTTEN]).delete()
