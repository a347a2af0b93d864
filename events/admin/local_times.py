"""Events' times in forms: those of the event's own zone, not of the server's."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from events.admin.base import ModelAdmin
from events.ingestion.times import zone_or_none
from events.models import Event


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
