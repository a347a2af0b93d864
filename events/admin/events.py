"""Events, shown in their own zone, and what search knows of each."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from core.errors import InvalidRequest
from core.zones import zone_or_none
from events.admin.base import ModelAdmin, ReadOnly, as_block, refresh_search_rows
from events.admin.filters import ListedFilter, SourceFilter, WhenFilter
from events.merging.merge import merge_by_hand
from events.models import Event, EventSearchRow, MergeDue
from events.search_table.vectors import current_embedder


class LocalTimesAdmin(ModelAdmin[Event]):
    """The page of an event; a changed zone is that of the times beside it."""

    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
            "help_text": "As clocks show it there, in the time zone below.",
        },
    }

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        with timezone.override(_zone(request, object_id)):
            response = super().changeform_view(request, object_id, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()  # now: the zone ends with this block
            return response


def _zone(request: HttpRequest, object_id: str | None) -> ZoneInfo | None:
    """The zone that is posted, else the event's; None for the server's."""
    name = request.POST.get("timezone", "").strip()
    if not name and object_id is not None and object_id.isdecimal():
        found = Event.objects.filter(pk=object_id).values_list("timezone", flat=True).first()
        name = found or ""
    known = zone_or_none(name)  # of another the form says what is wrong with it
    return ZoneInfo(known) if known else None


class EventForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    def clean_timezone(self) -> str:
        zone = zone_or_none(self.cleaned_data["timezone"])
        if zone is None:
            raise forms.ValidationError(
                "This is not the name of a time zone, such as Europe/Berlin."
            )
        return str(zone)


@admin.register(Event)
class EventAdmin(LocalTimesAdmin):
    """Times are shown, and read, in the event's own zone."""

    form = EventForm
    list_display = ("title", "local_start", "venue", "state", "source")
    list_filter = (
        *(WhenFilter, ListedFilter, "start_time"),
        *("event_attendance_mode", "event_status", SourceFilter),
    )
    list_select_related = ("venue",)
    search_fields = ("title", "organizer", "location")
    autocomplete_fields = ("venue",)
    readonly_fields = (
        *("sequence", "withdrawn_at", "withdrawn_by_hand", "merged_into"),
        *("sources_line", "evidence_block"),
        *("content_hash", "created_at", "updated_at"),
    )
    fieldsets = (
        (None, {"fields": ("title", "description", "url", "event_status")}),
        ("When", {"fields": ("start_time", "end_time", "all_day", "timezone", "series_id")}),
        ("Where", {"fields": ("event_attendance_mode", "venue", "room_name", "location")}),
        (
            "For whom, and what it costs",
            {
                "fields": (
                    *("price", "min_price", "currency", "registration_required"),
                    *("age_range", "age_min", "age_max"),
                    *("audience_tags", "metadata_tags", "organizer"),
                )
            },
        ),
        (
            "Where it comes from",
            {
                "fields": (
                    *("source", "external_id", "sources_line", "merged_into"),
                    *("withdrawn_at", "withdrawn_by_hand", "evidence_block"),
                    *("sequence", "content_hash", "created_at", "updated_at"),
                )
            },
        ),
    )
    date_hierarchy = "start_time"
    actions = ("merge",)
    show_full_result_count = False

    def view_on_site(self, event: Event) -> str:
        return reverse("event", args=[event.pk])

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        if change and form.changed_data:
            obj.sequence += 1
        # What is written by hand is the event's own from now on.
        obj.filled = {
            name: own for name, own in obj.filled.items() if name not in form.changed_data
        }
        super().save_model(request, obj, form, change)
        refresh_search_rows(Event.objects.filter(pk=obj.pk))
        MergeDue.objects.mark([obj.pk])

    @admin.action(description="Merge the two selected events", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        assert isinstance(request.user, User)
        ids = list(queryset.values_list("pk", flat=True)[:3])
        try:
            decision = merge_by_hand(
                ids, user=request.user, embedder=current_embedder(), now=timezone.now()
            )
        except InvalidRequest as error:
            self.message_user(request, error.detail, messages.ERROR)
            return
        self.message_user(request, f"Both are shown as “{decision.kept}” now.")

    @admin.display(description="sources")
    def sources_line(self, event: Event) -> str:
        sources = event.sources if event.pk else []
        return "; ".join(f"{each['source']} ({each['external_id']})" for each in sources)

    @admin.display(description="evidence")
    def evidence_block(self, event: Event) -> SafeString:
        return as_block(event.evidence)

    @admin.display(description="state", empty_value="")
    def state(self, event: Event) -> str:
        is_plain = event.event_status == Event.Status.SCHEDULED
        parts = (
            "" if is_plain else event.event_status,
            "withdrawn" if event.withdrawn_at else "",
            "a copy" if event.merged_into_id else "",
            "" if event.event_attendance_mode == "offline" else event.event_attendance_mode,
        )
        return ", ".join(each for each in parts if each)

    @admin.display(description="start (local)", ordering="start_time")
    def local_start(self, event: Event) -> str:
        local = event.start_time.astimezone(ZoneInfo(event.timezone))
        return f"{local:%a %Y-%m-%d}" if event.all_day else f"{local:%a %Y-%m-%d %H:%M %Z}"


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
