"""Feeds that events come from, and what each synchronisation of one did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.zones import zone_or_none

SHORTEST_INTERVAL = timedelta(minutes=5)
LONGEST_INTERVAL = timedelta(days=30)


def check_zone(value: str) -> None:
    """A validator: the value is an IANA zone."""
    if zone_or_none(value) is None:
        raise ValidationError("%(value)s is not an IANA time zone.", params={"value": value})


class SourceQuerySet(models.QuerySet["Source"]):
    """Which sources are to be synchronised."""

    def due(self, now: datetime) -> SourceQuerySet:
        """Enabled ones whose time has come, the longest waiting first."""
        return (
            self.filter(enabled=True)
            .filter(Q(next_due_at__isnull=True) | Q(next_due_at__lte=now))
            .order_by(F("next_due_at").asc(nulls_first=True), "pk")
        )

    def requested(self) -> SourceQuerySet:
        """Those that somebody wants synchronised at once, enabled or not."""
        return self.filter(sync_requested_at__isnull=False).order_by("sync_requested_at", "pk")


class Source(models.Model):
    """A feed at an address, how to read it, when to ask, and how it has been.

    Its `name` is the `source` of its events, so it never changes. `timezone` is
    for times that neither event, place nor calendar give a zone; `default_place`
    for events whose own place is unknown. `trust` (0 to 100) decides whose words
    count when several sources tell of one happening. A source that `lists_all`
    holds everything that is to come, so that what is gone from it is withdrawn.
    `failures` counts those in a row; `etag` and `last_modified` are what the
    server said of the content that was last understood, at `last_read_at`, by that
    version of the rules.
    """

    name = models.CharField(max_length=200, unique=True)
    url = models.URLField(max_length=2000, validators=[URLValidator(["http", "https"])])
    format = models.CharField(max_length=20, blank=True, help_text="Empty: by the content.")
    timezone = models.CharField(max_length=64, blank=True, validators=[check_zone])
    default_place = models.ForeignKey(
        "events.Place", on_delete=models.SET_NULL, null=True, blank=True, related_name="sources"
    )
    trust = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    interval = models.DurationField(
        default=timedelta(hours=6),
        validators=[MinValueValidator(SHORTEST_INTERVAL), MaxValueValidator(LONGEST_INTERVAL)],
        help_text="From one synchronisation to the next, e.g. 06:00:00.",
    )
    enabled = models.BooleanField(default=True)
    lists_all = models.BooleanField(
        default=True,
        help_text="Events gone from the feed are withdrawn. Off for feeds of the latest news only.",
    )
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    next_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    sync_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_by_rules = models.PositiveIntegerField(default=0, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=1000, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    event_count = models.PositiveIntegerField(default=0, editable=False)
    last_changes = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(
                fields=["next_due_at"], name="source_due", condition=models.Q(enabled=True)
            ),
            models.Index(
                fields=["sync_requested_at"],
                name="source_requested",
                condition=models.Q(sync_requested_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(trust__lte=100), name="source_trust_in_range"),
            models.CheckConstraint(
                condition=Q(interval__gte=SHORTEST_INTERVAL, interval__lte=LONGEST_INTERVAL),
                name="source_interval_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceRun(models.Model):
    """One synchronisation: what it found and changed, or why it failed.

    A `suspicious` one stored what it found, but withheld that much of the
    source was gone. `interrupted` ones were killed; the next run goes on from
    where they were. `missing` counts the events that were gone, withdrawn or
    not; `report` holds reasons with examples and is bounded.
    """

    class Outcome(models.TextChoices):
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        NOT_MODIFIED = "not_modified", "not modified"
        SUSPICIOUS = "suspicious"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    KEPT: ClassVar[int] = 200

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.RUNNING)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=1000, blank=True)
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "-id"], name="sourcerun_latest")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.outcome}"
