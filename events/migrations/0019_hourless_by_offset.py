import datetime

import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0018_known_offsets"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_hourless",
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(
                    ("all_day", True),
                    django.db.models.lookups.Exact(
                        django.db.models.functions.comparison.Cast(
                            models.Func(
                                "start_time",
                                "utc_offset",
                                arg_joiner=") + ",
                                template="(timezone('UTC', %(expressions)s * interval '1 second')",
                            ),
                            models.TimeField(),
                        ),
                        models.Value(datetime.time(0, 0), output_field=models.TimeField()),
                    ),
                    _connector="OR",
                ),
                fields=["start_time"],
                name="event_hourless",
            ),
        ),
    ]
