"""What search reads of an event: its row, its words, and the mark that its vector is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThan
from pgvector.django import HalfVectorField, HnswIndex

_MARK = """
    INSERT INTO events_embeddingdue (event_id) SELECT unnest(%s::bigint[])
    ON CONFLICT (event_id) DO NOTHING
"""


class EmbeddingDueQuerySet(models.QuerySet["EmbeddingDue"]):
    """Marks of events."""

    def mark(self, ids: Iterable[int]) -> None:
        """Notes that these lack a vector; call it in the transaction that changes them."""
        if wanted := sorted(ids):  # sorted, so that two at once lock in one order
            with connection.cursor() as cursor:
                cursor.execute(_MARK, [wanted])


class EmbeddingDue(models.Model):
    """Written in the transaction that changes an event; gone when its vector is made.

    So a crash between the two leaves the mark, and the next look finds it.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="embedding_due"
    )
    since = models.DateTimeField(db_default=Now())

    objects = EmbeddingDueQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["since"], name="embedding_due_since")]

    def __str__(self) -> str:
        return str(self.pk)


EMBEDDING_DIMENSIONS = 384
# What lasts longer is found by its end; everything else began less than this ago.
BRIEF = timedelta(days=1)


def _during() -> models.Func:
    """The half-open range in which an event takes place."""
    return models.Func(
        "starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()
    )


class EventSearchRow(models.Model):
    """The search row of one event, kept in step with it by its writer.

    The point is stored as a unit vector (x, y, z; double precision), so that a
    radius is a squared chord and knows no poles and no antimeridian. `cell`
    is the grid cell of that point (see `core.grid`), or -1 for an event
    without one. `ends_at` is always after `starts_at`: an event of unknown
    length counts as the instant of its start. One can attend online and mixed
    events online, offline and mixed ones in person. Cancelled events have no row.
    `is_long` tells those that last longer than `BRIEF`, so that a search need
    not read all of the past to find what is still going on. Rows with the same
    `group_key` are the dates of one happening, or copies of it from several
    sources; without one a row stands alone. `embedding` has unit length, so
    that the inner product is the cosine; it is null until it is made (see
    `EmbeddingDue`). `text_hash` and `embedding_model` tell whether the vector is
    still the event's.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    cell = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    can_attend_online = models.BooleanField()
    can_attend_in_person = models.BooleanField(default=True)
    is_long = models.GeneratedField(
        # A difference of instants, unlike a sum with an interval, needs no zone.
        expression=GreaterThan(
            models.ExpressionWrapper(
                models.F("ends_at") - models.F("starts_at"), output_field=models.DurationField()
            ),
            BRIEF,
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    group_key = models.BigIntegerField(null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    z = models.FloatField(null=True)
    min_price = models.FloatField(null=True)
    currency = models.CharField(max_length=3, default="", db_default="")
    age_min = models.SmallIntegerField(null=True)
    age_max = models.SmallIntegerField(null=True)
    audience_tags = ArrayField(models.CharField(max_length=50), default=list)
    metadata_tags = ArrayField(models.CharField(max_length=100), default=list)
    embedding = HalfVectorField(dimensions=EMBEDDING_DIMENSIONS, null=True)
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
            models.Index(
                fields=["cell", "ends_at"],
                name="search_long_cell_end",
                condition=models.Q(is_long=True),
            ),
            GistIndex(
                _during(),
                name="search_long_range",
                condition=models.Q(is_long=True),
            ),
            GistIndex(
                _during(),
                name="search_long_online_range",
                condition=models.Q(is_long=True, can_attend_online=True),
            ),
            models.Index(
                fields=["group_key", "starts_at"],
                name="search_group_start",
                condition=models.Q(group_key__isnull=False),
            ),
            HnswIndex(
                fields=["embedding"],
                name="search_embedding",
                m=24,
                ef_construction=200,
                opclasses=["halfvec_ip_ops"],
            ),
            HnswIndex(
                fields=["embedding"],
                name="search_online_embedding",
                m=24,
                ef_construction=200,
                opclasses=["halfvec_ip_ops"],
                condition=models.Q(can_attend_online=True),
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


class EventWords(models.Model):
    """The full-text side of an event, beside the narrow row so that that stays narrow.

    `words` holds lexemes with weights: A from the title, B from venue, room,
    organizer and tags, D from the description. Cancelled events have none.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="words_row"
    )
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="words_lexemes")]

    def __str__(self) -> str:
        return f"words of event {self.pk}"
