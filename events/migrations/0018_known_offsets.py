"""Keeps the offsets by which stored events were read, and names zones as the table does."""

from itertools import islice
from typing import Any

from django.db import migrations

from core.zones import zone_or_none
from events.models.event import utc_offset
from events.places.zone_names import zone_of_name

_WRITE = """
    UPDATE events_event AS stored SET utc_offset = given.utc_offset
    FROM unnest(%s::bigint[], %s::int[]) AS given (id, utc_offset) WHERE stored.id = given.id
"""


def keep_offsets(apps: Any, schema_editor: Any) -> None:
    for name in ("Event", "Venue", "Source"):
        model = apps.get_model("events", name)
        for zone in model.objects.order_by().values_list("timezone", flat=True).distinct():
            if zone and zone_or_none(zone) is None:
                known = zone_of_name(zone) or "UTC"
                model.objects.filter(timezone=zone).update(timezone=known)
    events = apps.get_model("events", "Event").objects.order_by("id")
    rows = events.values_list("id", "start_time", "timezone").iterator(5000)
    with schema_editor.connection.cursor() as cursor:
        while batch := list(islice(rows, 5000)):
            offsets = [utc_offset(start, zone) for _, start, zone in batch]
            cursor.execute(_WRITE, [[row[0] for row in batch], offsets])


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0017_currency_and_offset"),
    ]

    operations = [
        migrations.RunPython(keep_offsets, migrations.RunPython.noop),
    ]
