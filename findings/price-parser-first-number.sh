#!/usr/bin/env bash
# price-parser 0.5.1: the currency of one number, the amount of another.
#
# The library takes the currency sign from anywhere in the text and the amount from
# the first number, even where the sign is glued to a later one. "18+ $10" costs 18
# dollars, "8:00 PM, $12.50" costs 8, "2 for $10" costs 2. A line about an event
# nearly always has an age or a time before the price.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    price-parser==0.5.1 \
    attrs==26.1.0
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

from price_parser import Price

EXPECTED = {
    "$10": "10 $",
    "18+ $10": "18 $",
    "8:00 PM, $12.50": "8 $",
    "2 for $10": "2 $",
    "Doors 7, tickets $25": "7 $",
}
seen = {}
for text in EXPECTED:
    price = Price.fromstring(text)
    seen[text] = f"{price.amount} {price.currency}"
    print(f"{text!r}: {seen[text]}")
if seen != EXPECTED:
    sys.exit(f"Changed: expected {EXPECTED}, saw {seen}.")
print("Still so: the amount is the first number, wherever the sign stands.")
PYTHON
