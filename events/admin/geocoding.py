"""What geocoders have answered: to look at, and to forget."""

from __future__ import annotations

from django.contrib import admin

from events.admin.base import ModelAdmin, ReadOnly, as_block
from events.models import GeocodedPlace, GeocoderPace


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
    """When each geocoder may be asked again; deleting a row ends its rest."""

    list_display = ("provider", "next_at", "failures", "resting_until")
