"""Venues, with the number of their events."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from events.admin.base import ModelAdmin
from events.admin.search_sync import refresh_search_rows
from events.models import Event, Venue


@admin.register(Venue)
class VenueAdmin(ModelAdmin[Venue]):
    list_display = ("name", "city", "state", "country", "precision", "event_count")
    list_filter = ("precision", "updated_at")
    search_fields = ("name", "city", "street_address")
    autocomplete_fields = ("place",)
    readonly_fields = ("created_at", "updated_at")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        # A subquery is counted for the rows of one page, a join for all venues.
        own = Event.objects.filter(venue=OuterRef("pk")).order_by().values("venue")
        count = Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).annotate(event_count=count)

    def save_model(self, request: HttpRequest, obj: Venue, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"latitude", "longitude"} & set(form.changed_data):
            refresh_search_rows(Event.objects.filter(venue=obj))

    def delete_model(self, request: HttpRequest, obj: Venue) -> None:
        self.delete_queryset(request, Venue.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Venue]) -> None:
        """Its events stay, but are no longer found at its point."""
        orphaned = list(Event.objects.filter(venue__in=queryset).values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        refresh_search_rows(Event.objects.filter(pk__in=orphaned))

    @admin.display(description="events", ordering="event_count")
    def event_count(self, venue: Venue) -> int:
        count: int = venue.event_count  # type: ignore[attr-defined]  # annotated above
        return count
