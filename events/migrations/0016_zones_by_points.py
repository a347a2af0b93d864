"""Gives stored towns and ZIP codes the zones of their points, and joins double entries."""

from typing import Any

from django.db import migrations

from events.places.corrections import joined_twice, zone_by_point


def correct(apps: Any, schema_editor: Any) -> None:
    place, postal_code = apps.get_model("events", "Place"), apps.get_model("events", "PostalCode")
    for model, key in ((place, "id"), (postal_code, "code")):
        columns = ("timezone", "country_code", "latitude", "longitude")
        for row in model.objects.values_list(key, *columns).iterator():
            zone = zone_by_point(*row[1:])
            if zone != row[1]:
                model.objects.filter(pk=row[0]).update(timezone=zone)
    columns = ("id", "name", "country_code", "region_code", "latitude", "longitude", "population")
    names = ("geonameid", "name", "countrycode", "admin1code", *columns[4:])
    towns = place.objects.values_list(*columns).iterator()
    for lesser, kept in list(joined_twice(dict(zip(names, town, strict=True)) for town in towns)):
        apps.get_model("events", "Venue").objects.filter(place_id=lesser).update(place_id=kept)
        sources = apps.get_model("events", "Source").objects.filter(default_place_id=lesser)
        sources.update(default_place_id=kept)
        place.objects.filter(pk=lesser).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0015_event_calendars"),
    ]

    operations = [
        # What was wrong is not brought back.
        migrations.RunPython(correct, migrations.RunPython.noop),
    ]
