#!/usr/bin/env bash
# PyLD 3.3.0: without a base, relative references become addresses at example.org.
#
# A JSON-LD block copied out of a page has no address of its own. Its ids such as
# "#show" or "venues/hall" are expanded against http://example.org/base/, which is
# the library's default, not the caller's. Two pages with the same "#show" so get
# the same absolute id and become one event in a graph; nothing warns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    PyLD==3.3.0 \
    cachetools==8.0.2 \
    frozendict==2.5.1 \
    lxml==6.1.3
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

from pyld import jsonld

block = {
    "@context": {"@vocab": "https://schema.org/"},
    "@id": "#show",
    "name": "Show",
    "location": {"@id": "venues/hall"},
}
(bare,) = jsonld.expand(block)
(based,) = jsonld.expand(block, {"base": "https://theatre.example/march"})
seen = [bare["@id"], bare["https://schema.org/location"][0]["@id"]]
print("no base given:  ", seen)
print("with a base:    ", [based["@id"], based["https://schema.org/location"][0]["@id"]])
if based["@id"] != "https://theatre.example/march#show":
    sys.exit("Changed: a given base is used otherwise.")
if seen != ["http://example.org/base/#show", "http://example.org/base/venues/hall"]:
    sys.exit("Changed: the default base is no longer example.org.")
print("Still so: ids without a base become addresses at example.org.")
PYTHON
