#!/usr/bin/env bash
# icalendar 7.3.0: a VTIMEZONE named like a known zone is ignored.
#
# RFC 5545, section 3.8.3.1: the meaning of a TZID is the VTIMEZONE of that name in
# the same calendar. Some programs call theirs "EST" and write both standard and
# daylight rules into it. The tz database has an "EST" too, without summer time,
# and the library takes that one: an event in July is read an hour late. The same
# VTIMEZONE under a name of its own is read rightly.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    icalendar==7.3.0 \
    python-dateutil==2.9.0.post0 \
    six==1.17.0 \
    typing_extensions==4.16.0 \
    tzdata==2026.6
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys
from datetime import timezone

import icalendar

LINES = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VTIMEZONE", "TZID:{zone}",
    "BEGIN:DAYLIGHT", "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "TZNAME:EDT", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "TZNAME:EST", "END:STANDARD", "END:VTIMEZONE",
    "BEGIN:VEVENT", "UID:fair@example.org", "DTSTAMP:20260101T000000Z", "SUMMARY:Summer fair",
    "DTSTART;TZID={zone}:20260710T100000", "END:VEVENT", "END:VCALENDAR", "",
]


def start_in_utc(zone: str) -> str:
    calendar = icalendar.Calendar.from_ical("\r\n".join(LINES).format(zone=zone))
    (event,) = calendar.walk("VEVENT")
    start = event["DTSTART"].dt.astimezone(timezone.utc).strftime("%H:%M")
    print(f"10:00 on 10 July in a zone called {zone!r}: {start} UTC")
    return start


if start_in_utc("Our Eastern Time") != "14:00":
    sys.exit("Changed: the calendar's own zone under its own name is no longer read as 14:00 UTC.")
if start_in_utc("EST") != "15:00":
    sys.exit("Changed: the zone called EST is no longer read an hour late.")
print("Still so: the tz database's EST wins over the calendar's own definition.")
PYTHON
