"""Conversations: sessions, their messages, and what each answer referenced."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.admin.base import ModelAdmin, ReadOnly, TabularInline, as_block
from events.models import ChatMessage, ChatSession, ReferencedEvent


@admin.register(ChatSession)
class ChatSessionAdmin(ModelAdmin[ChatSession]):
    """A session can be renamed, archived and deleted; the rest is its owner's."""

    list_display = ("__str__", "user", "messages_link", "is_active", "created_at", "updated_at")
    list_filter = ("is_active", "updated_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("title", "user__username", "user__email")
    date_hierarchy = "created_at"
    fields = ("title", "is_active", "user", "created_at", "updated_at", "context_block")
    readonly_fields = ("user", "created_at", "updated_at", "context_block")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatSession]:
        return ChatSession.objects.with_message_count()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="messages", ordering="message_count")
    def messages_link(self, session: ChatSession) -> SafeString:
        address = reverse("admin:events_chatmessage_changelist")
        count: int = session.message_count  # type: ignore[attr-defined]  # annotated above
        return format_html('<a href="{}?session__id__exact={}">{}</a>', address, session.pk, count)

    @admin.display(description="context")
    def context_block(self, session: ChatSession) -> SafeString:
        return as_block(session.context)


class ReferencedEventInline(ReadOnly, TabularInline[ReferencedEvent, ChatMessage]):
    """The events of an answer in citation order, with what the search said of them."""

    model = ReferencedEvent
    fields = ("position", "event_link", "score", "distance_miles", "cited")
    readonly_fields = fields
    ordering = ("position",)
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReferencedEvent]:
        return super().get_queryset(request).select_related("event")

    @admin.display(description="event")
    def event_link(self, reference: ReferencedEvent) -> SafeString:
        address = reverse("admin:events_event_change", args=[reference.event_id])
        return format_html('<a href="{}">{}</a>', address, reference.event.title)


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnly, ModelAdmin[ChatMessage]):
    """Messages are a record: they are read here, or deleted, never rewritten."""

    list_display = ("excerpt", "role", "session", "user", "status", "created_at")
    list_filter = ("role", "status", "created_at")
    list_select_related = ("session", "user")
    search_fields = ("content", "session__title", "user__username")
    fields = (
        "session",
        "user",
        "role",
        "status",
        "content",
        "generation_id",
        "created_at",
        "metadata_block",
    )
    readonly_fields = ("metadata_block",)
    ordering = ("-id",)
    inlines = (ReferencedEventInline,)
    show_full_result_count = False

    @admin.display(description="message")
    def excerpt(self, message: ChatMessage) -> str:
        return message.content[:80]

    @admin.display(description="metadata")
    def metadata_block(self, message: ChatMessage) -> SafeString:
        return as_block(message.metadata)
