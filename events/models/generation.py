"""Answers in the making: who writes them, their journal, the keys of repeatable requests."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from events.models.chat import ChatMessage, ChatSession


class ChatWorker(models.Model):
    """A process that writes answers, alive as long as it renews its lease.

    Whoever finds the lease run out marks the worker dead, once and for all: a dead
    worker writes nothing more, even if its process wakes up again.
    """

    id = models.UUIDField(primary_key=True)
    started_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField()
    dead = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(dead=False), name="worker_alive"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Reads over generations."""

    def owned_by(self, user_id: int) -> GenerationQuerySet:
        """Only this user's."""
        return self.filter(user_id=user_id)

    def running(self) -> GenerationQuerySet:
        """Those that have not ended."""
        return self.filter(status=Generation.Status.RUNNING)

    def orphaned(self) -> GenerationQuerySet:
        """Running ones that nobody writes any more."""
        return self.running().filter(Q(worker=None) | Q(worker__dead=True))

    def asked_to_stop(self, worker_id: UUID) -> GenerationQuerySet:
        """One worker's running ones that are to stop."""
        return self.running().filter(worker_id=worker_id, stop_requested=True)

    def mark_watched(self, ids: Sequence[UUID]) -> int:
        """Notes that somebody reads these along, by the clock of the database."""
        return self.filter(pk__in=ids).update(watched_at=Now())


class Generation(models.Model):
    """One answer being written, or written within the last day.

    `user_message` is what it answers. `watched_at` is when a reader of another
    worker last followed it.
    """

    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        STOPPED = "stopped"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    class OnDisconnect(models.TextChoices):
        CONTINUE = "continue"
        STOP = "stop"

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="generations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generations"
    )
    user_message = models.ForeignKey(
        ChatMessage, on_delete=models.CASCADE, related_name="generations"
    )
    worker = models.ForeignKey(
        ChatWorker, on_delete=models.SET_NULL, null=True, related_name="generations"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RUNNING)
    stop_requested = models.BooleanField(default=False)
    on_disconnect = models.CharField(
        max_length=8, choices=OnDisconnect.choices, default=OnDisconnect.CONTINUE
    )
    watched_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GenerationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["worker"], condition=Q(status="running"), name="generation_running"
            ),
            models.Index(fields=["ended_at"], name="generation_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(status="running"),
                name="generation_one_running_per_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"


class GenerationChunk(models.Model):
    """Consecutive frames of a generation's journal, as they went over the wire.

    One row is what one flush found of one generation. Row 0 holds, as JSON,
    what the answer is made from; no reader sees it. There is no constraint on
    the generation, so that one deleted conversation cannot spoil a flush of many.
    """

    pk = models.CompositePrimaryKey("generation_id", "first_offset")
    generation = models.ForeignKey(
        Generation,
        on_delete=models.CASCADE,
        related_name="chunks",
        db_constraint=False,
        db_index=False,
    )
    first_offset = models.PositiveIntegerField()
    last_offset = models.PositiveIntegerField()
    frames = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.generation_id}:{self.first_offset}–{self.last_offset}"


class IdempotentRequest(models.Model):
    """A request with an `Idempotency-Key` and, once there is one, its result.

    A turn's result is its generation; every other request's is the JSON answer.
    A message's `client_message_id` stands here as a key, too.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idempotent_requests"
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    generation = models.ForeignKey(
        Generation, on_delete=models.CASCADE, null=True, related_name="idempotent_requests"
    )
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotent_created")]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotent_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
