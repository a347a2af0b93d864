"""Sources: their health, their history, and synchronising one at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.admin.base import ModelAdmin, ReadOnly, TabularInline, as_block
from events.ingestion.formats import FORMATS
from events.models import Source, SourceRun

SHOWN_RUNS = 20
# What decides how the content is understood; a change means that it is to be read again.
_READ_BY = {"url", "format", "timezone", "default_place"}


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The formats are those that can be read."""

    url = forms.URLField(max_length=2000, assume_scheme="https", label="URL")
    format = forms.ChoiceField(
        required=False, choices=[("", "by the content"), *((name, name) for name in FORMATS)]
    )

    class Meta:
        model = Source
        fields = (
            *("name", "url", "format", "timezone", "default_place", "trust", "interval"),
            *("enabled", "lists_all"),
        )


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
        *("name", "enabled", "health", "last_success_at", "event_count", "last_changes"),
        *("failures", "last_error", "next_due_at", "trust"),
    )
    list_filter = ("enabled", "failures")
    search_fields = ("name", "url")
    autocomplete_fields = ("default_place",)
    readonly_fields = (
        *("health", "event_count", "last_changes", "last_success_at", "last_read_at", "failures"),
        *("last_error", "last_error_at", "next_due_at", "sync_requested_at"),
    )
    inlines = (SourceRunInline,)
    actions = ("sync_now",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        # Its events carry the name.
        return (*self.readonly_fields, "name") if obj else self.readonly_fields

    def get_inlines(self, request: HttpRequest, obj: Source | None) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        if _READ_BY & set(form.changed_data):
            obj.etag = obj.last_modified = ""
            obj.next_due_at = None
        super().save_model(request, obj, form, change)

    @admin.display(description="health")
    def health(self, source: Source) -> str:
        if source.failures:
            return f"failing ({source.failures} in a row)"
        if source.last_success_at is None:
            return "never synchronised"
        late = source.next_due_at or source.last_success_at
        if source.enabled and timezone.now() > late + max(source.interval, timedelta(hours=1)):
            return "late: is sync_sources --watch running?"
        return "well"

    @admin.action(description="Synchronise the selected sources now", permissions=["change"])
    def sync_now(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        count = sources.update(sync_requested_at=timezone.now())
        messages.success(request, f"{count} sources will be synchronised in the background.")


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
