"""Imports queued over the API, and their outcome."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportQuerySet(models.QuerySet["Import"]):
    """Which imports wait for a worker."""

    def waiting(self, now: datetime) -> ImportQuerySet:
        """Queued ones, and running ones whose worker has given no sign of life; oldest first."""
        queued = Q(status=Import.Status.QUEUED) & (
            Q(not_before__isnull=True) | Q(not_before__lte=now)
        )
        left = Q(status=Import.Status.RUNNING, lease_until__lt=now)
        return self.filter(queued | left).order_by("pk")


class Import(models.Model):
    """One file or address to import, how far that is, and what came of it.

    Either `url` is given, or `stored_name` is the uploaded file's name in the
    folder of imports, where it stays until the import has ended. A worker holds
    it by `lease_until`; whoever finds the lease run out takes it up again.
    `attempts` bounds how often, so that a file that kills its reader does not
    do so for ever.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="imports"
    )
    url = models.CharField(max_length=2000, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=200, blank=True)
    stored_name = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=20, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(max_length=30, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=1000, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"],
                name="import_open",
                condition=models.Q(status__in=["queued", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(stored_name=""), name="import_of_something"
            ),
        ]

    def __str__(self) -> str:
        return self.url or self.file_name
