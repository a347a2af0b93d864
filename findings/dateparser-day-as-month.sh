#!/usr/bin/env bash
# dateparser 1.5.0: "the 5th" is May, "the 13th" is the 13th.
#
# Said on 11 March 2026, "the 5th" is read as 11 May, and "Thursday the 5th" too: a
# number up to twelve is taken for the month and today's day is filled in. From 13
# on the number is the day, so that a few trials with late dates look right. To
# prefer future dates does not help.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    dateparser==1.5.0 \
    python-dateutil==2.9.0.post0 \
    pytz==2026.6 \
    regex==2026.11.19 \
    six==1.17.0 \
    tzlocal==5.4.5 \
    tzdata==2026.6
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys
from datetime import datetime

import dateparser

SETTINGS = {"RELATIVE_BASE": datetime(2026, 3, 11, 12), "PREFER_DATES_FROM": "future"}
EXPECTED = {
    "the 5th": "2026-05-11",
    "Thursday the 5th": "2026-05-11",
    "the 12th": "2026-12-11",
    "the 13th": "2026-03-13",
    "the 20th": "2026-03-20",
}
seen = {}
for text in EXPECTED:
    parsed = dateparser.parse(text, languages=["en"], settings=SETTINGS)
    seen[text] = parsed.date().isoformat() if parsed else None
    print(f"{text!r} said on 2026-03-11: {seen[text]}")
if seen != EXPECTED:
    sys.exit(f"Changed: expected {EXPECTED}, saw {seen}.")
print("Still so: an ordinal up to twelve is a month, above it a day.")
PYTHON
