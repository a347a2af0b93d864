"""Events whose vector is not that of their words yet."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models
from django.db.models.functions import Now

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
