"""What a geocoder said, and when it may be asked again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class GeocodedPlace(models.Model):
    """The answer of one geocoder to one query; an empty list is "nothing found".

    `query` is folded (see `fold_name`). `results` holds centres as JSON, the
    best first; it is null while the first answer is awaited. `asked_until` is
    the claim of the worker that asks: until then nobody else does.
    """

    provider = models.CharField(max_length=40)
    query = models.CharField(max_length=200)
    results = models.JSONField(null=True)
    fetched_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    asked_until = models.DateTimeField()

    class Meta:
        ordering = ["provider", "query"]
        indexes = [models.Index(fields=["expires_at"], name="geocodedplace_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "query"], name="geocodedplace_query")
        ]

    def __str__(self) -> str:
        return self.query


class GeocoderPace(models.Model):
    """When a geocoder may be asked next: one row each, shared by every process.

    It may be asked once `next_at`, `busy_until` (somebody is asking) and
    `resting_until` (it failed several times) have all passed.
    """

    provider = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField(db_default=Now())
    busy_until = models.DateTimeField(db_default=Now())
    resting_until = models.DateTimeField(db_default=Now())
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.provider
