from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0013_vectors_made_later"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostalCode",
            fields=[
                ("code", models.CharField(max_length=5, primary_key=True, serialize=False)),
                ("city", models.CharField(max_length=100)),
                ("state", models.CharField(max_length=2)),
                ("country_code", models.CharField(max_length=2)),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("timezone", models.CharField(max_length=64)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="placename",
            name="placename_key",
        ),
        migrations.RemoveIndex(
            model_name="placename",
            name="placename_prefix",
        ),
        migrations.AddIndex(
            model_name="placename",
            index=models.Index(
                fields=["key", "-population"],
                name="placename_beginning",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ),
    ]
