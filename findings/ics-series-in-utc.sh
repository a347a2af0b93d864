#!/usr/bin/env bash
# ics 0.7.3: reading and writing a weekly event moves it when the clocks change.
#
# The library keeps the RRULE as it was, but writes the start in UTC, without the
# zone. A class on Mondays at 20:00 in New York becomes "Mondays at 01:00 UTC" from
# a start on a Tuesday: BYDAY now names the wrong evening, and after the clock
# change every class would be an hour late, since UTC has no summer time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    ics==0.7.3 \
    arrow==1.4.0 \
    attrs==26.1.0 \
    python-dateutil==2.9.0.post0 \
    six==1.17.0 \
    TatSu==5.15.1 \
    tzdata==2026.6
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

import ics

text = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VEVENT", "UID:class@example.org",
    "DTSTAMP:20260101T000000Z", "SUMMARY:Class", "DTSTART;TZID=America/New_York:20260302T200000",
    "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4", "END:VEVENT", "END:VCALENDAR", "",
])
written = ics.Calendar(text).serialize().splitlines()
kept = [line for line in written if line.startswith(("DTSTART", "RRULE"))]
print("read:   ", [line for line in text.splitlines() if line.startswith(("DTSTART", "RRULE"))])
print("written:", sorted(kept))
if sorted(kept) != ["DTSTART:20260303T010000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"]:
    sys.exit("Changed: the zone or the rule of a series is written otherwise.")
print("Still so: the start loses its zone while the rule keeps its weekday.")
PYTHON
