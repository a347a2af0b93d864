#!/usr/bin/env bash
# icalevents 0.3.1: one cancelled showing removes the whole day.
#
# RFC 5545, section 3.8.5.1: an EXDATE with a time excludes the one instance that
# starts then. A film is shown four times a day, every four hours, and only the
# showing at 18:00 is cancelled. The library compares dates, not times: all four
# showings of that day are gone, and the list is empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    icalevents==0.3.1 \
    pytz==2026.6 \
    urllib3==2.8.0 \
    icalendar==7.3.2 \
    python-dateutil==2.9.0.post0 \
    six==1.17.0 \
    typing_extensions==4.16.0 \
    tzdata==2026.6
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys
from datetime import datetime

from icalevents.icalevents import events

LINES = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VEVENT", "UID:film@example.org",
    "DTSTAMP:20260101T000000Z", "SUMMARY:Film", "DTSTART:20260301T100000Z", "DTEND:20260301T120000Z",
    "RRULE:FREQ=HOURLY;INTERVAL=4;COUNT=4", "{cancelled}END:VEVENT", "END:VCALENDAR", "",
]


def showings(cancelled: str) -> list[str]:
    text = "\r\n".join(LINES).format(cancelled=cancelled)
    found = events(string_content=text.encode(), start=datetime(2026, 2, 1), end=datetime(2026, 4, 1))
    return sorted(event.start.strftime("%d %b %H:%M") for event in found)


full = showings("")
rest = showings("EXDATE:20260301T180000Z\r\n")
print("all showings:               ", full)
print("without the one at 18:00:   ", rest)
if full != ["01 Mar 10:00", "01 Mar 14:00", "01 Mar 18:00", "01 Mar 22:00"]:
    sys.exit("Changed: the series without an exception is read otherwise.")
if rest != []:
    sys.exit("Changed: an EXDATE with a time no longer removes the other showings of the day.")
print("Still so: an EXDATE with a time removes every showing of that day.")
PYTHON
