"""Calendars of chosen events, each at an address of its own."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class EventCalendarQuerySet(models.QuerySet["EventCalendar"]):
    """Reads over calendars."""

    def owned_by(self, user_id: int) -> EventCalendarQuerySet:
        """Only this user's."""
        return self.filter(user_id=user_id)

    def readable(self) -> EventCalendarQuerySet:
        """Those that have not expired and whose owner may still use the service."""
        return self.filter(user__is_active=True, expires_at__gt=Now())


class EventCalendar(models.Model):
    """Events that somebody chose, as one calendar file.

    `key` is the unguessable part of its address; deleting the calendar revokes that. It ends with
    the conversation that it was made in, when there is one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="event_calendars"
    )
    session = models.ForeignKey(
        "events.ChatSession",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="event_calendars",
    )
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    title = models.CharField(max_length=300)
    event_ids = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = EventCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="calendar_of_user")]

    def __str__(self) -> str:
        return self.title
