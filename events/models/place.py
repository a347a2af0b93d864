"""Towns of the world, from GeoNames: what "near Newton" can mean."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.functions import Left

# All but `alternate_names`, which only the gazetteer's own tables need.
PLACE_FIELDS = (
    "id",
    "name",
    "region",
    "region_code",
    "country",
    "country_code",
    "latitude",
    "longitude",
    "population",
    "timezone",
)
_BY_ID = f"SELECT {', '.join(PLACE_FIELDS)} FROM events_place WHERE id = %s"  # noqa: S608 - constants


class PlaceQuerySet(models.QuerySet["Place"]):
    """Reads of places as plain SQL: compiling it for the ORM takes longer than answering it."""

    def by_id(self, place_id: int) -> Place | None:
        """The place of a GeoNames id, without its alternate names."""
        return next(iter(self.from_rows(_BY_ID, [place_id])), None)

    def from_rows(self, statement: str, parameters: Any) -> list[Place]:
        """The places of a statement that selects `PLACE_FIELDS` in their order."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(statement, parameters)
            return [Place.from_db(self.db, PLACE_FIELDS, row) for row in cursor.fetchall()]


class Place(models.Model):
    """A populated place. The primary key is its GeoNames id."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    region = models.CharField(max_length=100, blank=True)
    region_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=100)
    country_code = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    population = models.BigIntegerField()
    timezone = models.CharField(max_length=64)
    alternate_names = ArrayField(models.TextField(), default=list, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["-population", "id"]
        indexes = [
            models.Index(fields=["-population", "id"], name="place_population"),
            models.Index(fields=["country_code", "-population"], name="place_country"),
            models.Index(fields=["latitude", "longitude"], name="place_point"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90), name="place_latitude_range"
            ),
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180), name="place_longitude_range"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """ "Newton, MA" in the United States, "Toronto, Ontario, Canada" elsewhere."""
        if self.country_code == "US":
            return f"{self.name}, {self.region_code}"
        return ", ".join(part for part in (self.name, self.region, self.country) if part)


def _largest_first(letters: int) -> models.Index:
    """The names that begin alike, own ones apart, those of the largest places first."""
    return models.Index(
        Left("key", letters),
        F("is_primary"),
        F("population").desc(),
        F("place"),
        name=f"placename_largest_{letters}",
    )


class PlaceName(models.Model):
    """One way to write a place's name, folded for look-ups (see `fold_name`).

    `is_primary` marks the place's own name, which beats an alternate one.
    `population` and `area` (see `events.places.areas`) are the place's, kept here so
    that names can be ordered and narrowed before any place is read.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    key = models.CharField(max_length=200)
    is_primary = models.BooleanField(default=False)
    population = models.BigIntegerField()
    area = models.CharField(max_length=23)

    class Meta:
        indexes = [
            # Serves both a whole name, the largest places first, and the beginning of one.
            models.Index(
                fields=["key", "-population"],
                name="placename_beginning",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["area", "key"],
                name="placename_area",
                opclasses=["varchar_ops", "varchar_pattern_ops"],
            ),
            _largest_first(1),
            _largest_first(2),
        ]

    def __str__(self) -> str:
        return self.key


class PostalCode(models.Model):
    """A US ZIP code in use, with the middle of its area."""

    code = models.CharField(max_length=5, primary_key=True)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=2)
    country_code = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    timezone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.code}, {self.city}, {self.state}"
