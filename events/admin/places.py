"""Places: the world's towns, venues, and the answers of geocoders."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from core.text import fold_name
from events.admin.base import ModelAdmin, ReadOnly, as_block, refresh_search_rows
from events.admin.filters import CountryFilter, PopulationFilter
from events.models import Event, GeocodedPlace, GeocoderPace, Place, PlaceName, Venue


@admin.register(Place)
class PlaceAdmin(ReadOnly, ModelAdmin[Place]):
    """Read-only: the table is loaded from GeoNames and belongs to it."""

    list_display = ("name", "region", "country", "population", "timezone")
    list_filter = (PopulationFilter, CountryFilter)
    search_fields = ("name",)
    search_help_text = "The beginning of a name, in any of its spellings."
    show_full_result_count = False
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Place], search_term: str
    ) -> tuple[QuerySet[Place], bool]:
        """Finds the beginning of any name through the index of folded names."""
        key = fold_name(search_term)
        if not key:
            return queryset, False
        named = PlaceName.objects.filter(key__startswith=key).values("place_id")
        return queryset.filter(pk__in=named), False


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


@admin.register(GeocodedPlace)
class GeocodedPlaceAdmin(ReadOnly, ModelAdmin[GeocodedPlace]):
    """Kept answers; a deleted one is asked for again when it is next needed."""

    list_display = ("query", "provider", "found", "fetched_at", "expires_at")
    list_filter = ("provider",)
    search_fields = ("query",)
    fields = ("query", "provider", "fetched_at", "expires_at", "answer")
    readonly_fields = fields
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="found")
    def found(self, kept: GeocodedPlace) -> str:
        if kept.results is None:
            return "(being asked)"
        return kept.results[0]["label"] if kept.results else "(nothing)"

    @admin.display(description="answer")
    def answer(self, kept: GeocodedPlace) -> str:
        return as_block(kept.results)


@admin.register(GeocoderPace)
class GeocoderPaceAdmin(ReadOnly, ModelAdmin[GeocoderPace]):
    """Pauses of geocoders; deleting a row ends the pause."""

    list_display = ("provider", "next_at", "failures", "resting_until")
