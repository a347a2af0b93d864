"""The world's towns: looked up by the names that people write."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.text import fold_name
from events.admin.base import ModelAdmin, ReadOnly
from events.admin.filters import CountryFilter, PopulationFilter
from events.models import Place, PlaceName


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
