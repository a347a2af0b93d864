"""Imports over the API: how they went."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from events.admin.base import ModelAdmin, ReadOnly, as_block
from events.models import Import


@admin.register(Import)
class ImportAdmin(ReadOnly, ModelAdmin[Import]):
    """A record: it is read here, never rewritten."""

    list_display = (
        *("__str__", "source", "user", "status", "stage", "done", "total"),
        *("attempts", "created_at", "finished_at", "error"),
    )
    list_filter = ("status", "created_at")
    list_select_related = ("user",)
    search_fields = ("source", "url", "file_name")
    exclude = ("report",)
    readonly_fields = ("report_block",)
    show_full_result_count = False

    @admin.display(description="report")
    def report_block(self, imported: Import) -> SafeString:
        return as_block(imported.report)
