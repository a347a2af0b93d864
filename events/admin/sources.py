"""Where events come from: sources with their runs, and imports over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.admin.base import ModelAdmin, ReadOnly, TabularInline, as_block
from events.admin.filters import FailingFilter
from events.ingestion.formats import FORMATS
from events.models import Import, Source, SourceRun

SHOWN_RUNS = 20
# What decides how the content is understood; a change means that it is to be read again.
_READ_BY = {"url", "format", "timezone", "default_place"}


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The formats are those that can be read."""

    url = forms.URLField(
        max_length=2000,
        assume_scheme="https",
        label="URL",
        widget=AdminURLFieldWidget(attrs={"size": 100}),
    )
    format = forms.ChoiceField(
        required=False, choices=[("", "by the content"), *((name, name) for name in FORMATS)]
    )

    class Meta:
        model = Source
        fields = (
            *("name", "url", "format", "timezone", "default_place", "trust", "interval"),
            *("enabled", "lists_all"),
        )
        help_texts = {
            "name": "Its events carry it; it cannot be changed later.",
            "timezone": "Of times that name no zone, such as Europe/Berlin. Empty: the feed's own.",
            "default_place": "Where events are that name no town.",
            "trust": "0 to 100. Of two sources that tell of the same event, the one that is"
            " trusted more is shown.",
        }


class SourceRunInline(ReadOnly, TabularInline[SourceRun, Source]):
    """The latest runs, the last one first."""

    model = SourceRun
    verbose_name_plural = f"the latest {SHOWN_RUNS} runs"
    fields = (
        *("run_link", "started_at", "finished_at", "outcome", "created", "updated"),
        *("unchanged", "withdrawn", "missing", "skipped", "error"),
    )
    readonly_fields = fields
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceRun]:
        # An inline's rows are filtered by their source afterwards, so they cannot be
        # sliced here: the runs of this page's source are named instead.
        source_id = request.resolver_match.kwargs["object_id"] if request.resolver_match else None
        runs = super().get_queryset(request)
        if source_id is None or not str(source_id).isdecimal():
            return runs.none()
        latest = SourceRun.objects.filter(source_id=source_id).values("pk")[:SHOWN_RUNS]
        return runs.filter(pk__in=latest).defer("report")

    @admin.display(description="run")
    def run_link(self, run: SourceRun) -> SafeString:
        address = reverse("admin:events_sourcerun_change", args=[run.pk])
        return format_html('<a href="{}">{}</a>', address, run.pk)


@admin.register(Source)
class SourceAdmin(ModelAdmin[Source]):
    form = SourceForm
    list_display = (
        *("name", "health", "last_success_at", "shown_events", "changes", "next_due_at"),
    )
    list_filter = ("enabled", FailingFilter)
    search_fields = ("name", "url")
    autocomplete_fields = ("default_place",)
    readonly_fields = (
        *("health", "shown_events", "changes", "last_success_at", "last_read_at", "failures"),
        *("last_error", "last_error_at", "next_due_at", "sync_requested_at"),
    )
    fieldsets = (
        (None, {"fields": ("name", "url", "format", "timezone", "default_place", "trust")}),
        ("Synchronisation", {"fields": ("enabled", "interval", "lists_all")}),
        ("How it is", {"fields": readonly_fields}),
    )
    inlines = (SourceRunInline,)
    actions = ("sync_now",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        # Its events carry the name.
        return (*self.readonly_fields, "name") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        return self.fieldsets if obj else self.fieldsets[:2]

    def get_inlines(self, request: HttpRequest, obj: Source | None) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        if _READ_BY & set(form.changed_data):
            obj.etag = obj.last_modified = ""
            obj.next_due_at = None
        super().save_model(request, obj, form, change)

    @admin.display(description="health")
    def health(self, source: Source) -> str:
        if not source.enabled:
            return "switched off"
        if source.failures:
            failing = f"failing ({source.failures} in a row)"
            return f"{failing}: {source.last_error}" if source.last_error else failing
        if source.last_success_at is None:
            return "never synchronised"
        late = source.next_due_at or source.last_success_at
        if timezone.now() > late + max(source.interval, timedelta(hours=1)):
            return "late: is sync_sources --watch running?"
        return "well"

    @admin.display(description="events shown", ordering="event_count")
    def shown_events(self, source: Source) -> SafeString:
        address = reverse("admin:events_event_changelist")
        query = urlencode({"source": source.name})
        return format_html('<a href="{}?{}">{}</a>', address, query, source.event_count)

    @admin.display(description="last run changed", ordering="last_changes")
    def changes(self, source: Source) -> int:
        return source.last_changes

    @admin.action(description="Synchronise the selected sources now", permissions=["change"])
    def sync_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        count = sources.update(sync_requested_at=timezone.now())
        what = "1 source" if count == 1 else f"{count} sources"
        messages.success(request, f"{what} will be synchronised in the background.")


@admin.register(SourceRun)
class SourceRunAdmin(ReadOnly, ModelAdmin[SourceRun]):
    """A record: it is read here, never rewritten."""

    list_display = (
        *("source", "started_at", "outcome", "created", "updated", "unchanged"),
        *("withdrawn", "missing", "skipped", "error"),
    )
    list_filter = ("outcome", "started_at")
    list_select_related = ("source",)
    search_fields = ("source__name", "error")
    exclude = ("report",)
    readonly_fields = ("report_block",)
    show_full_result_count = False

    @admin.display(description="report")
    def report_block(self, run: SourceRun) -> SafeString:
        return as_block(run.report)


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
