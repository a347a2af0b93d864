"""Traces: why a search found what it found, kept for those who asked."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models


class SearchTrace(models.Model):
    """The trace of one search, made when a request said `debug`; gone with its session.

    `trace` holds the constraints with their sources, the plans with row counts,
    what each filter removed, and each candidate's factors.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="search_traces"
    )
    session = models.ForeignKey(
        "events.ChatSession", on_delete=models.CASCADE, related_name="search_traces"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    trace = models.JSONField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"], name="trace_of_user")]

    def __str__(self) -> str:
        return f"trace {self.pk}"
