"""Imports over the API: how they went."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from events.admin.base import ModelAdmin, ReadOnly, as_block
from events.models import Import


@admin.register(Import)
class ImportAdmin(ReadOnly, ModelAdmin[Import]):
    """A record: it is read here, never rewritten."""

    list_display = ("__str__", "source", "user", "outcome", "progress", "created_at", "finished_at")
    list_filter = ("status", "created_at")
    list_select_related = ("user",)
    search_fields = ("source", "url", "file_name")
    fieldsets = (
        (None, {"fields": ("outcome", "progress", "report_block")}),
        ("What was asked for", {"fields": ("url", "file_name", "source", "format", "timezone")}),
        ("Who and when", {"fields": ("user", "created_at", "started_at", "finished_at")}),
        (
            "How it was worked on",
            {
                "classes": ("collapse",),
                "fields": (
                    *("attempts", "worker", "lease_until", "not_before"),
                    *("content_type", "stored_name"),
                ),
            },
        ),
    )
    readonly_fields = ("outcome", "progress", "report_block")
    show_full_result_count = False

    @admin.display(description="status", ordering="status")
    def outcome(self, imported: Import) -> str:
        status = imported.get_status_display()
        return f"{status}: {imported.error}" if imported.error else status

    @admin.display(description="entries")
    def progress(self, imported: Import) -> str:
        if not imported.total:
            return imported.stage
        done = f"{imported.done} of {imported.total}"
        return f"{imported.stage}, {done}" if imported.stage else done

    @admin.display(description="report")
    def report_block(self, imported: Import) -> SafeString:
        return as_block(imported.report)
