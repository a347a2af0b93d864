#!/usr/bin/env bash
# python-dateutil 2.9.0.post0: "7.30pm" is seven o'clock.
#
# British posters write times with a dot. The parser takes 7.30 for a decimal number
# of hours, keeps the 7 and drops the rest: 19:00, with no error. "10.15am" is 10:00.
# With a colon the minutes are kept, and with a date before it ("14 March 2026
# 7.30pm") the same time is refused, so that only a lone time goes wrong silently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    python-dateutil==2.9.0.post0 \
    six==1.17.0
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys
from datetime import datetime

from dateutil import parser

DEFAULT = datetime(2026, 3, 14)
EXPECTED = {"7.30pm": "19:00", "10.15am": "10:00", "7:30pm": "19:30", "14 March 2026 7.30pm": "refused"}
seen = {}
for text in EXPECTED:
    try:
        seen[text] = parser.parse(text, default=DEFAULT).strftime("%H:%M")
    except parser.ParserError:
        seen[text] = "refused"
    print(f"{text!r}: {seen[text]}")
if seen != EXPECTED:
    sys.exit(f"Changed: expected {EXPECTED}, saw {seen}.")
print("Still so: a lone time written with a dot loses its minutes.")
PYTHON
