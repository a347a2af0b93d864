from django.db import migrations, models

import events.models.event


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0016_zones_by_points"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="currency",
            field=models.CharField(blank=True, max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="eventsearchrow",
            name="currency",
            field=models.CharField(db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="event",
            name="utc_offset",
            field=events.models.event.UtcOffsetField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="ZoneRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("release", models.CharField(max_length=20)),
                ("read_at", models.DateTimeField()),
            ],
            options={"ordering": ["-read_at", "-id"]},
        ),
    ]
