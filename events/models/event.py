"""Events: what is on, when, where, and how to attend."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import Exact


class EventQuerySet(models.QuerySet["Event"]):
    """Which events may be shown where, and with what."""

    def listed(self) -> EventQuerySet:
        """Those that lists show: still in their feed, and no copy of another event."""
        return self.filter(withdrawn_at__isnull=True, merged_into__isnull=True)

    def searchable(self) -> EventQuerySet:
        """Those that have a search row: listed, and not cancelled."""
        return self.listed().exclude(event_status=Event.Status.CANCELLED)

    def with_sources(self) -> EventQuerySet:
        """Prefetches the copies that `Event.sources` tells, in one query."""
        return self.prefetch_related(copies_for_sources())


def _hourless() -> Q:
    """All-day events, and those at local midnight, which feeds write when they know no hour."""
    # By the stored offset, since the database's own table of zones may be another release.
    wall = models.Func(
        *("start_time", "utc_offset"),
        # The migration names these in the order of the alphabet, and their order counts.
        arg_joiner=") + ",
        template="(timezone('UTC', %(expressions)s * interval '1 second')",
    )
    midnight = models.Value(time(), output_field=models.TimeField())
    return Q(all_day=True) | Q(Exact(Cast(wall, models.TimeField()), midnight))


class UtcOffsetField(models.IntegerField):  # type: ignore[type-arg] # no generic at run time
    """Seconds east of Greenwich at the event's start, written with each save of it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        """The offset of the instance's zone at its start."""
        assert isinstance(model_instance, Event)
        offset = utc_offset(model_instance.start_time, model_instance.timezone)
        setattr(model_instance, self.attname, offset)
        return offset


def utc_offset(start: datetime, timezone: str) -> int:
    """Seconds east of Greenwich of an IANA zone at an instant."""
    offset = start.astimezone(ZoneInfo(timezone)).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def copies_for_sources(path: str = "copies") -> models.Prefetch[str]:
    """The prefetch of the copies at `path`, with no more of them than `sources` needs."""
    copies = Event.objects.filter(withdrawn_at__isnull=True).only(
        "source", "external_id", "url", "filled", "withdrawn_at", "merged_into_id"
    )
    return models.Prefetch(path, queryset=copies.order_by("id"))


class Event(models.Model):
    """One happening: an instant (or local days) plus the zone to read it in.

    What was announced is a wall time: `utc_offset` tells the one that the instant was read
    from, so that a new release of the time zones can read it anew (`events.writing.wall_times`).

    (`source`, `external_id`) identify it in the feed that it came from;
    `content_hash` is the digest of the imported content, by which a second
    import knows that nothing changed. `min_price` is null when nothing is
    known and 0 when the source says that it is free; it is in `currency` (ISO 4217),
    which is empty where nothing tells it. `age_min` and `age_max`
    are whole years, both ends included. `sequence` grows with each change, as
    calendar programs expect it. An event that is gone from its feed is
    `withdrawn_at` that time, and one that another source tells better is
    `merged_into` that one; both stay for the conversations that name them. One
    that was `withdrawn_by_hand` stays so, whatever its feed says.
    What it took over from such copies stands in its columns, and `filled` holds
    these columns' own values. `evidence` keeps, by field, the words of the feed
    that a value was read from; `registration_required` is null when they say
    nothing of it.
    """

    class AttendanceMode(models.TextChoices):
        OFFLINE = "offline"
        ONLINE = "online"
        MIXED = "mixed"

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        CANCELLED = "cancelled"
        POSTPONED = "postponed"

    external_id = models.CharField(max_length=500)
    source = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    description = models.TextField(blank=True)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField(null=True, blank=True)
    timezone = models.CharField(max_length=64)
    utc_offset = UtcOffsetField(default=0, editable=False)
    all_day = models.BooleanField(default=False)
    url = models.URLField(max_length=2000, blank=True)
    room_name = models.CharField(max_length=300, blank=True)
    location = models.CharField(max_length=1000, blank=True)
    venue = models.ForeignKey(
        "events.Venue", on_delete=models.SET_NULL, null=True, blank=True, related_name="events"
    )
    event_attendance_mode = models.CharField(
        max_length=10, choices=AttendanceMode.choices, default=AttendanceMode.OFFLINE
    )
    event_status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    price = models.CharField(max_length=300, blank=True)
    min_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    age_range = models.CharField(max_length=100, blank=True)
    age_min = models.PositiveSmallIntegerField(null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(null=True, blank=True)
    audience_tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    metadata_tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    organizer = models.CharField(max_length=300, blank=True)
    series_id = models.CharField(max_length=500, blank=True)
    registration_required = models.BooleanField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    filled = models.JSONField(default=dict, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_hand = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["start_time", "id"]
        indexes = [
            models.Index(fields=["start_time", "id"], name="event_start"),
            models.Index(fields=["series_id", "start_time"], name="event_series"),
            models.Index(fields=["event_status", "start_time"], name="event_status_start"),
            models.Index(fields=["start_time"], name="event_hourless", condition=_hourless()),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="event_unique_in_source"
            ),
            models.CheckConstraint(
                condition=Q(end_time__isnull=True) | Q(end_time__gte=F("start_time")),
                name="event_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(min_price__isnull=True) | Q(min_price__gte=0),
                name="event_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="event_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_virtual(self) -> bool:
        """Whether one can attend online (online or mixed)."""
        return self.event_attendance_mode in (self.AttendanceMode.ONLINE, self.AttendanceMode.MIXED)

    @property
    def sources(self) -> list[dict[str, str]]:
        """The feeds that tell of it, its own first (see `EventQuerySet.with_sources`)."""
        return [
            {
                "source": event.source,
                "external_id": event.external_id,
                "url": event.filled.get("url", event.url),
            }
            for event in (self, *(copy for copy in self.copies.all() if not copy.withdrawn_at))
        ]

    @property
    def is_searchable(self) -> bool:
        """Whether it has a search row: see `EventQuerySet.searchable`."""
        return (
            self.withdrawn_at is None
            and self.merged_into_id is None
            and self.event_status != self.Status.CANCELLED
        )
