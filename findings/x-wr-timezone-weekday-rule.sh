#!/usr/bin/env bash
# x-wr-timezone 2.0.1 with recurring-ical-events 3.8.2: a display zone changes what is on.
#
# X-WR-TIMEZONE is a hint in which zone to show a calendar. The library writes the
# start of an event given in UTC in that zone, but leaves BYDAY as it was. A concert
# on Fridays at 00:00 UTC is on Thursday evenings in New York; after the change the
# rule says "Fridays, New York time". Four Thursdays become one Thursday and four
# Fridays: five concerts for COUNT=4, all but the first on the wrong evening.
# recurring-ical-events applies it unasked, so one header line is enough.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    recurring-ical-events==3.8.2 \
    x-wr-timezone==2.0.1 \
    click==8.5.1 \
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
import recurring_ical_events

LINES = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "{header}BEGIN:VEVENT", "UID:concert@example.org",
    "DTSTAMP:20260101T000000Z", "SUMMARY:Concert", "DTSTART:20260109T000000Z", "DTEND:20260109T013000Z",
    "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=4", "END:VEVENT", "END:VCALENDAR", "",
]


def starts(header: str) -> list[str]:
    calendar = icalendar.Calendar.from_ical("\r\n".join(LINES).format(header=header))
    events = recurring_ical_events.of(calendar).between((2026, 1, 1), (2026, 4, 1))
    return [event["DTSTART"].dt.astimezone(timezone.utc).strftime("%d %b %H:%M") for event in events]


plain = starts("")
hinted = starts("X-WR-TIMEZONE:America/New_York\r\n")
print("without the hint (UTC):", plain)
print("with the hint (UTC):   ", hinted)
if plain != ["09 Jan 00:00", "16 Jan 00:00", "23 Jan 00:00", "30 Jan 00:00"]:
    sys.exit("Changed: the calendar without the hint is read otherwise.")
if hinted != ["09 Jan 00:00", "10 Jan 00:00", "17 Jan 00:00", "24 Jan 00:00", "31 Jan 00:00"]:
    sys.exit("Changed: the hint no longer moves the series by a day and adds a fifth concert.")
print("Still so: the hint moves the series to another evening and adds a concert.")
PYTHON
