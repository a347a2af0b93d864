#!/usr/bin/env bash
# recurring-ical-events 3.8.2: an exact length in hours is added to the wall clock.
#
# RFC 5545, section 3.3.6: a duration in days is nominal (same wall time on a later
# day), one in hours, minutes and seconds is exact elapsed time. An all-night event
# of PT8H from 22:00 in New York on the night the clocks go forward so ends at
# 07:00. The library says 06:00, seven hours after the start, and PT24H means the
# same to it as P1D. In autumn the error is an hour the other way.
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
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VEVENT", "UID:night@example.org",
    "DTSTAMP:20260101T000000Z", "SUMMARY:All-night reading", "DTSTART;TZID=America/New_York:{start}",
    "DURATION:{length}", "END:VEVENT", "END:VCALENDAR", "",
]


def elapsed_hours(start: str, length: str) -> float:
    text = "\r\n".join(LINES).format(start=start, length=length)
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    hours = (end.astimezone(timezone.utc) - begin.astimezone(timezone.utc)).total_seconds() / 3600
    print(f"{length} from {begin}: ends {end}, {hours:g} hours later")
    return hours


seen = [
    elapsed_hours("20260307T220000", "PT8H"),
    elapsed_hours("20260307T220000", "PT24H"),
    elapsed_hours("20261031T220000", "PT8H"),
]
if seen != [7, 23, 9]:
    sys.exit(f"Changed: expected the wrong lengths 7, 23 and 9 hours, saw {seen}.")
print("Still so: exact hours follow the wall clock over a clock change.")
PYTHON
