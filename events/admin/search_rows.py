"""What search knows of each event, for looking only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.base import ModelAdmin, ReadOnly
from events.models import EventSearchRow


@admin.register(EventSearchRow)
class EventSearchRowAdmin(ReadOnly, ModelAdmin[EventSearchRow]):
    """Written with the event; the vector itself is never loaded here."""

    list_display = ("event", "starts_at", "ends_at", "cell", "can_attend_online", "embedding_model")
    list_filter = ("can_attend_online", "starts_at")
    list_select_related = ("event",)
    search_fields = ("event__title",)
    exclude = ("embedding",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventSearchRow]:
        return super().get_queryset(request).defer("embedding")

    def has_delete_permission(
        self, request: HttpRequest, obj: EventSearchRow | None = None
    ) -> bool:
        return False
