"""Where events take place: the world's towns, venues, and the answers of geocoders."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.functions import Left, Now

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


class Labelled(Protocol):
    """What a place's label is made of."""

    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def region_code(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def country_code(self) -> str: ...


def label_of(place: Labelled) -> str:
    """ "Newton, MA" in the United States, "Toronto, Ontario, Canada" elsewhere."""
    if place.country_code == "US":
        return f"{place.name}, {place.region_code}"
    return ", ".join(part for part in (place.name, place.region, place.country) if part)


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
        return label_of(self)


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
    `population` and `area` (see `events.places.regions`) are the place's, kept here so
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


class Venue(models.Model):
    """A building, park or hall with an address and, when known, a point.

    `key` is the normalised name plus place by which two spellings of one venue
    meet. `precision` tells what the point stands for: the venue itself, or
    only the middle of its town.
    """

    class Precision(models.TextChoices):
        VENUE = "venue", "the venue itself"
        PLACE = "place", "the middle of its town"
        NONE = "", "no coordinates"

    key = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=300)
    street_address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=100, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    precision = models.CharField(max_length=10, choices=Precision.choices, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    place = models.ForeignKey(
        "events.Place", on_delete=models.SET_NULL, null=True, blank=True, related_name="venues"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="venue_name"),
            models.Index(fields=["city", "name"], name="venue_city"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="venue_point_whole_and_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}" if self.city else self.name


class GeocodedPlace(models.Model):
    """The answer of one geocoder to one query; an empty list is "nothing found".

    `query` is folded (see `fold_name`). `results` holds centres as JSON, the
    best first; it is null while the first answer is awaited. `asked_until` is
    the claim of the worker that asks: until then nobody else does.
    """

    provider = models.CharField(max_length=40)
    query = models.CharField(max_length=200)
    results = models.JSONField(null=True)
    fetched_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    asked_until = models.DateTimeField()

    class Meta:
        ordering = ["provider", "query"]
        indexes = [models.Index(fields=["expires_at"], name="geocodedplace_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "query"], name="geocodedplace_query")
        ]

    def __str__(self) -> str:
        return self.query


class GeocoderPace(models.Model):
    """The pace of a geocoder: when it may be asked next; one row each, shared by every process.

    It may be asked once `next_at`, `busy_until` (somebody is asking) and
    `resting_until` (it failed several times) have all passed.
    """

    provider = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField(db_default=Now())
    busy_until = models.DateTimeField(db_default=Now())
    resting_until = models.DateTimeField(db_default=Now())
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.provider
