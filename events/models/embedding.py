"""Events whose vector is not that of their words yet."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class EmbeddingDue(models.Model):
    """Written in the transaction that changes an event; gone when its vector is made.

    So a crash between the two leaves the mark, and the next look finds it.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="embedding_due"
    )
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["since"], name="embedding_due_since")]

    def __str__(self) -> str:
        return str(self.pk)
