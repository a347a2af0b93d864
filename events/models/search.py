"""The narrow table that every search reads, one row an event.

It holds only what filters and distances need, so that thousands of candidate
rows fit into few pages: see `docs/decisions.md`, "The narrow search table".
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex

EMBEDDING_DIMENSIONS = 384


class EventSearchRow(models.Model):
    """What search knows of one event, kept in step with it by its writer.

    The point is stored as a unit vector (x, y, z; double precision), so that a
    radius is a squared chord and knows no poles and no antimeridian. `cell`
    is the grid cell of that point (see `events.grid`), or -1 for an event
    without one. `ends_at` is always after `starts_at`: an event of unknown
    length counts as the instant of its start. One can attend online and mixed
    events online, offline and mixed ones in person. Cancelled events have no row.
    `embedding` has unit length, so that the inner product is the cosine.
    `text_hash` and `embedding_model` tell whether the vector is still the
    event's.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    cell = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    can_attend_online = models.BooleanField()
    can_attend_in_person = models.BooleanField(default=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    min_price = models.FloatField(null=True)
    age_min = models.SmallIntegerField(null=True)
    age_max = models.SmallIntegerField(null=True)
    audience_tags = ArrayField(models.CharField(max_length=50), default=list)
    metadata_tags = ArrayField(models.CharField(max_length=100), default=list)
    embedding = HalfVectorField(dimensions=EMBEDDING_DIMENSIONS)
    text_hash = models.CharField(max_length=64)
    embedding_model = models.CharField(max_length=100)

    class Meta:
        indexes = [
            models.Index(fields=["cell", "starts_at"], name="search_cell_start"),
            models.Index(fields=["starts_at"], name="search_start"),
            models.Index(
                fields=["starts_at"],
                name="search_online_start",
                condition=models.Q(can_attend_online=True),
            ),
            HnswIndex(
                fields=["embedding"],
                name="search_embedding",
                m=24,
                ef_construction=200,
                opclasses=["halfvec_ip_ops"],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="search_range_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"search row of event {self.pk}"
