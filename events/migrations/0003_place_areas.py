from django.db import migrations, models
from django.db.models.functions import Left

# What `events.areas.area_of` says: a region is kept by name exactly where areas go by it.
FILL = """
    UPDATE events_placename AS n
    SET area = p.country_code || CASE WHEN p.region <> '' THEN '-' || p.region_code ELSE '' END
    FROM events_place AS p WHERE p.id = n.place_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_search_online_start"),
    ]

    operations = [
        migrations.AddField(
            model_name="placename",
            name="area",
            field=models.CharField(default="", max_length=23),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(
                fields=["area", "key"],
                name="placename_area",
                opclasses=["varchar_ops", "varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(
                Left("key", 1),
                models.F("is_primary"),
                models.OrderBy(models.F("population"), descending=True),
                models.F("place"),
                name="placename_largest_1",
            ),
        ),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(
                Left("key", 2),
                models.F("is_primary"),
                models.OrderBy(models.F("population"), descending=True),
                models.F("place"),
                name="placename_largest_2",
            ),
        ),
    ]
