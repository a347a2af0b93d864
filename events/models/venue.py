"""Where events take place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
