#!/usr/bin/env bash
# pyap 0.3.1: the date or time before "at" becomes part of the house number.
#
# The library finds postal addresses in running text. In "On March 10 2026 at 425
# Lafayette St, New York, NY 10003" it finds an address from "10" on: the street
# number is "10 2026", the street "at 425 Lafayette". "Saturday 7 pm at 425 ..." starts
# at the 7. Sent to a geocoder, that is another place or none. A comma in place of
# "at" gives the right address.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    pyap==0.3.1
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

import pyap

PLACE = "425 Lafayette St, New York, NY 10003"
EXPECTED = {
    f"On March 10 2026 at {PLACE}": f"10 2026 at {PLACE}",
    f"Saturday 7 pm at {PLACE}": f"7 pm at {PLACE}",
    f"Open mic 2026, {PLACE}": PLACE,
}
seen = {}
for text in EXPECTED:
    (address,) = pyap.parse(text, country="US")
    seen[text] = str(address)
    print(f"{text!r}: {seen[text]!r}, number {address.as_dict()['street_number']!r}")
if seen != EXPECTED:
    sys.exit(f"Changed: expected {EXPECTED}, saw {seen}.")
print("Still so: a date before 'at' is taken into the address.")
PYTHON
