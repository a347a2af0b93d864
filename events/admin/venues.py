"""Venues, with the number of their events."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from events.admin.base import ModelAdmin
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

    @admin.display(description="events", ordering="event_count")
    def event_count(self, venue: Venue) -> int:
        count: int = venue.event_count  # type: ignore[attr-defined]  # annotated above
        return count
