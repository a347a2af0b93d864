from django.db import migrations
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
    ]
