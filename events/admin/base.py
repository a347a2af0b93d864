"""Shared by the admin pages: typed bases, read-only pages, readable JSON, fresh search rows."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.models import Event
from events.search_table.rows import write_search_rows

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
else:
    # The stubs know which model an admin page is for; Django's classes cannot be subscripted.
    class ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, model: object) -> type:
            return cls

    class TabularInline(admin.TabularInline):
        def __class_getitem__(cls, models: object) -> type:
            return cls


class ReadOnly:
    """Mixed into a page whose rows are written by the program alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def as_block(value: object) -> SafeString:
    """A JSON value, indented, for a read-only field; it is escaped. Nothing gives nothing."""
    if not value:
        return SafeString("")
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html("<pre>{}</pre>", text)


_BATCH = 500


def refresh_search_rows(events: QuerySet[Event]) -> None:
    """Rewrites all but the vectors; call it inside the change's transaction.

    A vector whose text changed, or that is missing, is marked as due and made in
    the background of the service: the admin waits for no embedding.
    """
    found = events.select_related("venue").order_by("pk").iterator(_BATCH)
    while batch := list(islice(found, _BATCH)):
        write_search_rows(batch, {}, model_name="")
