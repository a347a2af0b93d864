"""Followed searches and their mails: read and revoked here; their secret addresses stay hidden."""

from __future__ import annotations

from django.contrib import admin

from events.admin.base import ModelAdmin, ReadOnly, as_block
from events.models import DigestMail, Feed


@admin.register(Feed)
class FeedAdmin(ReadOnly, ModelAdmin[Feed]):
    """Deleting one ends its addresses and its mails at once."""

    list_display = ("title", "user", "digest", "digested_on", "created_at")
    list_filter = ("digest",)
    list_select_related = ("user",)
    search_fields = ("title", "user__username")
    fields = ("title", "user", "digest", "digested_on", "created_at", "search", "dates")
    readonly_fields = fields
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="constraints")
    def search(self, feed: Feed) -> str:
        return as_block(feed.constraints)

    @admin.display(description="rule")
    def dates(self, feed: Feed) -> str:
        return as_block(feed.rule)


@admin.register(DigestMail)
class DigestMailAdmin(ReadOnly, ModelAdmin[DigestMail]):
    """One that stays at "sending" was cut off there, and is not sent again."""

    list_display = ("user", "day", "status", "attempts", "sent_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = ("user", "day", "status", "attempts", "created_at", "sent_at", "content_block")
    readonly_fields = fields
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="content")
    def content_block(self, mail: DigestMail) -> str:
        return as_block(mail.content)
