"""What the admin pages share: typed bases, read-only pages, readable JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
