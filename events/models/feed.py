"""Followed searches, and the mails about their matches."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class FeedQuerySet(models.QuerySet["Feed"]):
    """Reads over followed searches."""

    def owned_by(self, user_id: int) -> FeedQuerySet:
        """Only this user's."""
        return self.filter(user_id=user_id)

    def readable(self) -> FeedQuerySet:
        """Those whose owner may still use the service."""
        return self.filter(user__is_active=True)


class Feed(models.Model):
    """A search that somebody follows from a calendar program or by mail.

    `key` is the unguessable part of its address; deleting the feed revokes that.
    `constraints` is the contract's object and `rule` when it looks (see `rag.feeds`).
    `digested_on` is the day of the last mail that was about it.
    """

    class Digest(models.TextChoices):
        NONE = "", "no mail"
        DAILY = "daily"
        WEEKLY = "weekly"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feeds"
    )
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    title = models.CharField(max_length=300)
    constraints = models.JSONField()
    rule = models.JSONField()
    digest = models.CharField(max_length=6, choices=Digest.choices, blank=True)
    digested_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="feed_of_user"),
            models.Index(fields=["digest", "user"], name="feed_to_mail", condition=~Q(digest="")),
        ]

    def __str__(self) -> str:
        return self.title


class DigestMail(models.Model):
    """One mail to one user: at most one a day.

    It is written down with its events before it is sent, so that a run that was
    cut off is taken up again. `sending` is the moment in between: after a crash
    nobody knows whether it left, and it is not sent a second time.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_mails"
    )
    day = models.DateField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day"),
        ]
        indexes = [models.Index(fields=["status", "id"], name="digest_by_status")]

    def __str__(self) -> str:
        return f"digest of {self.day} to user {self.user_id}"


class DigestedEvent(models.Model):
    """An event that was in a mail to a user, so that no other mail repeats it."""

    mail = models.ForeignKey(DigestMail, on_delete=models.CASCADE, related_name="events")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digested_events"
    )
    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, related_name="digested")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="digest_event_once_a_user"),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} mailed to user {self.user_id}"
