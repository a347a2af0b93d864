"""Events, shown in their own zone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from events.admin.base import ModelAdmin
from events.admin.filters import SourceFilter, WhenFilter
from events.admin.search_sync import refresh_search_rows
from events.models import Event


@admin.register(Event)
class EventAdmin(ModelAdmin[Event]):
    list_display = (
        "title",
        "local_start",
        "venue",
        "event_attendance_mode",
        "event_status",
        "source",
    )
    list_filter = (WhenFilter, "start_time", "event_attendance_mode", "event_status", SourceFilter)
    list_select_related = ("venue",)
    search_fields = ("title", "organizer", "location")
    autocomplete_fields = ("venue",)
    readonly_fields = (
        *("sequence", "withdrawn_at", "withdrawn_by_hand", "merged_into"),
        *("content_hash", "created_at", "updated_at"),
    )
    date_hierarchy = "start_time"
    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        if change and form.changed_data:
            obj.sequence += 1
        super().save_model(request, obj, form, change)
        refresh_search_rows(Event.objects.filter(pk=obj.pk))

    @admin.display(description="start (local)", ordering="start_time")
    def local_start(self, event: Event) -> str:
        local = event.start_time.astimezone(ZoneInfo(event.timezone))
        return f"{local:%a %Y-%m-%d}" if event.all_day else f"{local:%a %Y-%m-%d %H:%M %Z}"
