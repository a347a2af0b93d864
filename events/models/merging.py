"""Merge decisions, and marks of changed events that are still to be compared."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

_MARK = """
    INSERT INTO events_mergedue (event_id, version) SELECT unnest(%s::bigint[]), 1
    ON CONFLICT (event_id) DO UPDATE SET version = events_mergedue.version + 1
"""
_FORGET = """
    DELETE FROM events_mergedue WHERE event_id IN (
        SELECT due.event_id FROM events_mergedue AS due
        JOIN unnest(%s::bigint[], %s::bigint[]) AS seen(id, version)
            ON due.event_id = seen.id AND due.version = seen.version
        ORDER BY due.event_id FOR UPDATE OF due SKIP LOCKED
    )
"""


class MergeDueQuerySet(models.QuerySet["MergeDue"]):
    """Marks of events, set and taken away."""

    def mark(self, ids: Iterable[int]) -> None:
        """Notes that these events changed; call it in the transaction that changes them."""
        if wanted := sorted(set(ids)):  # sorted, so that two at once lock in one order
            with connection.cursor() as cursor:
                cursor.execute(_MARK, [wanted])

    def forget(self, seen: dict[int, int]) -> None:
        """Takes away the marks of these ids, except those that were set anew since `seen`."""
        if seen:
            with connection.cursor() as cursor:
                cursor.execute(_FORGET, [list(seen), list(seen.values())])


class MergeDue(models.Model):
    """An event that changed and has not been compared with its neighbours since.

    Written with the change itself, so that an import which is killed before its
    end leaves the mark, and the next one finds it.
    """

    event = models.OneToOneField(
        "events.Event", on_delete=models.CASCADE, primary_key=True, related_name="merge_due"
    )
    version = models.BigIntegerField(default=1)

    objects = MergeDueQuerySet.as_manager()

    def __str__(self) -> str:
        return f"event {self.pk} is to be compared"


class MergeDecisionQuerySet(models.QuerySet["MergeDecision"]):
    """Which decisions hold."""

    def standing(self) -> MergeDecisionQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at__isnull=True)

    def touching(self, ids: Iterable[int]) -> MergeDecisionQuerySet:
        """Those about any of these events."""
        wanted = list(ids)
        return self.filter(Q(copy__any_of=wanted) | Q(kept__any_of=wanted))


class MergeDecision(models.Model):
    """A decision, by rule or by a person, that `copy` is the same happening as `kept`.

    `reasons` holds what was compared (see `events.merging.comparison.Features`),
    `gave` what the kept event took over from the copy. A decision that a person
    undid (`parted`) is remembered: no rule merges the two again.
    """

    copy = models.ForeignKey(
        "events.Event", on_delete=models.CASCADE, related_name="decisions_as_copy"
    )
    kept = models.ForeignKey(
        "events.Event", on_delete=models.CASCADE, related_name="decisions_as_kept"
    )
    score = models.FloatField(null=True, blank=True)
    reasons = models.JSONField(default=dict, blank=True)
    gave = models.JSONField(default=dict, blank=True)
    by_rule = models.BooleanField(default=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merges_decided",
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merges_undone",
    )
    parted = models.BooleanField(default=False)

    objects = MergeDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="merge_decided"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["copy", "kept"],
                condition=Q(undone_at__isnull=True),
                name="merge_standing_once_per_pair",
            ),
            models.CheckConstraint(condition=~Q(copy=F("kept")), name="merge_of_two_events"),
            models.CheckConstraint(
                condition=Q(parted=False) | Q(undone_at__isnull=False),
                name="merge_parted_is_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.copy_id} is a copy of event {self.kept_id}"
