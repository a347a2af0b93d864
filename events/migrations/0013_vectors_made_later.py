from datetime import time

from django.db import migrations, models
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from pgvector.django import HalfVectorField

# A table without null vectors, as it was before, has zero vectors in their place.
_ZEROS = """
    UPDATE events_eventsearchrow SET embedding = array_fill(0::real, ARRAY[384])::vector::halfvec
    WHERE embedding IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0012_merging")]

    operations = [
        migrations.AlterField(
            model_name="eventsearchrow",
            name="embedding",
            field=HalfVectorField(dimensions=384, null=True),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, _ZEROS),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(
                    ("all_day", True),
                    Exact(
                        Cast(
                            models.Func("timezone", "start_time", function="timezone"),
                            models.TimeField(),
                        ),
                        models.Value(time(0, 0), output_field=models.TimeField()),
                    ),
                    _connector="OR",
                ),
                fields=["start_time"],
                name="event_hourless",
            ),
        ),
    ]
