#!/usr/bin/env bash
# ics 0.7.3: a calendar that names no calendar scale is written with CALSCALE:GEORGIAN.
#
# RFC 5545, section 3.7.1: CALSCALE may be left out, and GREGORIAN is its only value.
# A calendar read without the line is written with a value that does not exist, so
# that a strict reader may refuse the file. A calendar built in Python has no such
# line, and one read with GREGORIAN keeps it: only the way through a file shows it.
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

HEAD = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN"]
TAIL = [
    "BEGIN:VEVENT", "UID:talk@example.org", "DTSTAMP:20260101T000000Z", "SUMMARY:Talk",
    "DTSTART:20260310T100000Z", "END:VEVENT", "END:VCALENDAR", "",
]


def scale(lines: list[str]) -> list[str]:
    written = ics.Calendar("\r\n".join(lines)).serialize()
    return [line for line in written.splitlines() if line.startswith("CALSCALE")]


absent = scale(HEAD + TAIL)
given = scale(HEAD + ["CALSCALE:GREGORIAN"] + TAIL)
print("read without the line:", absent)
print("read with GREGORIAN:  ", given)
if given != ["CALSCALE:GREGORIAN"]:
    sys.exit("Changed: a given CALSCALE is no longer kept.")
if absent != ["CALSCALE:GEORGIAN"]:
    sys.exit("Changed: an absent CALSCALE is no longer written as GEORGIAN.")
print("Still so: an absent calendar scale is written as GEORGIAN.")
PYTHON
