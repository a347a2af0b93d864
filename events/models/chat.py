"""Conversations: sessions, messages, the events that each answer referenced, and traces."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from events.models.event import copies_for_sources

TITLE_LENGTH = 50


class ChatSessionQuerySet(models.QuerySet["ChatSession"]):
    """Reads over sessions; all of them scoped by the owner."""

    def owned_by(self, user_id: int) -> ChatSessionQuerySet:
        """Only this user's sessions."""
        return self.filter(user_id=user_id)

    def with_message_count(self) -> ChatSessionQuerySet:
        """Adds `message_count` of the current branch, counted only for the rows that are read."""
        counts = (
            ChatMessage.objects.current()
            .filter(session_id=models.OuterRef("pk"))
            .order_by()
            .values("session_id")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return self.annotate(message_count=Coalesce(models.Subquery(counts), 0))


class ChatSession(models.Model):
    """One conversation of one user. `is_active` is false once archived."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_sessions"
    )
    title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    is_active = models.BooleanField(default=True)
    context = models.JSONField(default=dict, blank=True)

    objects = ChatSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(
                fields=["user", "is_active", "-updated_at", "-id"], name="session_of_user"
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Conversation {self.pk}"

    def get_recent_messages(self, limit: int = 10) -> list[ChatMessage]:
        """The latest `limit` messages of the current branch, oldest first."""
        return list(self.messages.current().order_by("-id")[:limit])[::-1]


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    """Reads over messages."""

    def current(self) -> ChatMessageQuerySet:
        """Only those on the current branch of their session; by id, they are in order."""
        return self.filter(is_current=True)

    def owned_by(self, user_id: int) -> ChatMessageQuerySet:
        """Only this user's."""
        return self.filter(user_id=user_id)

    def beside(self, messages: Sequence[ChatMessage]) -> ChatMessageQuerySet:
        """The alternatives of these messages of one session, on whatever branch they are."""
        parents = {message.parent_id for message in messages}
        same = Q(parent_id__in=parents - {None})
        if None in parents:  # the first message; what is not linked yet has no alternatives
            same |= Q(parent_id__isnull=True, is_current=False)
        return self.filter(same, session_id__in={message.session_id for message in messages})

    def with_referenced_events(self) -> ChatMessageQuerySet:
        """Prefetches references, their events, venues and sources: four queries in all."""
        references = models.Prefetch("references", queryset=ReferencedEvent.objects.with_events())
        return self.prefetch_related(references)


class ChatMessage(models.Model):
    """One message of a conversation.

    Messages form a tree: `parent` is what a message follows, messages with the
    same parent are siblings, and `is_current` marks the one branch that is shown
    and that the model sees. A parent is older than its children, so that a branch
    by ids is in order.

    `metadata` holds what belongs to the making of an answer: model, response
    time, token counts, constraints. `generation_id` is set on the assistant
    messages that a generation wrote: one, or one for each `variant` when two models
    are compared; `preferred` is then the user's choice. `user` repeats the session's
    owner so that chat rows can be distributed by it.
    """

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"
        TOOL = "tool"

    class Status(models.TextChoices):
        COMPLETED = "completed"
        STOPPED = "stopped"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_messages"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    content = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    metadata = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.COMPLETED)
    generation_id = models.UUIDField(null=True, blank=True)
    variant = models.CharField(max_length=1, blank=True, default="A")
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children"
    )
    is_current = models.BooleanField(default=True)
    preferred = models.BooleanField(null=True, blank=True)
    referenced_events: models.ManyToManyField[models.Model, ReferencedEvent] = (
        models.ManyToManyField(
            "events.Event", through="events.ReferencedEvent", related_name="referencing_messages"
        )
    )

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["session", "-id"], name="message_of_session"),
            models.Index(fields=["user", "-id"], name="message_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["generation_id", "variant"],
                condition=Q(generation_id__isnull=False),
                name="message_one_per_generation_and_variant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"


class ReferencedEventQuerySet(models.QuerySet["ReferencedEvent"]):
    """Reads over references."""

    def with_events(self) -> ReferencedEventQuerySet:
        """In citation order, with event and venue in the same query, and sources in one more."""
        references = self.select_related("event__venue").order_by("message_id", "position")
        return references.prefetch_related(copies_for_sources("event__copies"))

    def of_latest_answer(self, session_id: int) -> ReferencedEventQuerySet:
        """What the latest answer with references showed on the current branch, as it cited it."""
        answers = ChatMessage.objects.filter(
            models.Exists(self.model.objects.filter(message_id=models.OuterRef("pk"))),
            session_id=session_id,
            role=ChatMessage.Role.ASSISTANT,
            is_current=True,
        )
        latest = answers.order_by("-id").values("pk")[:1]
        return self.filter(message_id__in=latest).order_by("position")


class ReferencedEvent(models.Model):
    """An event that an answer referenced, with what the search said of it then.

    `position` counts from 0, cited events first in citation order.
    """

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="references")
    event = models.ForeignKey("events.Event", on_delete=models.CASCADE, related_name="references")
    position = models.PositiveSmallIntegerField()
    score = models.FloatField()
    distance_miles = models.FloatField(null=True, blank=True)
    cited = models.BooleanField(default=False)

    objects = ReferencedEventQuerySet.as_manager()

    class Meta:
        ordering = ["message", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "event"], name="reference_event_once_per_message"
            ),
            models.UniqueConstraint(
                fields=["message", "position"], name="reference_position_once_per_message"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} → event {self.event_id}"


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
