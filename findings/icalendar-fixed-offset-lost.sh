#!/usr/bin/env bash
# icalendar 7.3.0: a time with a fixed offset does not survive writing and reading.
#
# Web pages and JSON-LD give times such as 19:00-04:00, which Python reads as a
# datetime with a fixed offset. The library writes it with a TZID "UTC-04:00" that
# nothing defines, where RFC 5545 knows no offset in a date-time and UTC would have
# kept the instant. Its own reader does not know the name either and gives a
# floating time: the offset is gone, without an error.
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
from datetime import datetime

import icalendar

event = icalendar.Event()
event.add("uid", "talk@example.org")
event.add("dtstart", datetime.fromisoformat("2026-03-10T19:00:00-04:00"))
calendar = icalendar.Calendar()
calendar.add("version", "2.0")
calendar.add("prodid", "-//finding//EN")
calendar.add_component(event)
written = calendar.to_ical().decode()
line = next(line for line in written.splitlines() if line.startswith("DTSTART"))
(again,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
read = again["DTSTART"].dt
print("written:", line)
print("VTIMEZONE written:", "VTIMEZONE" in written)
print("read again:", read.isoformat(), "offset:", read.utcoffset())
if line != 'DTSTART;TZID="UTC-04:00":20260310T190000' or "VTIMEZONE" in written:
    sys.exit("Changed: a fixed offset is written otherwise.")
if read.utcoffset() is not None:
    sys.exit("Changed: the offset now survives writing and reading.")
print("Still so: the offset is lost between writing and reading.")
PYTHON
