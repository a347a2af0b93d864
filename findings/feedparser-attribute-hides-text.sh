#!/usr/bin/env bash
# feedparser 6.0.14: an attribute on an extension element hides its text.
#
# An RSS feed of events gives the start in an element of its own namespace. Without
# an attribute the entry has the text as a string. With one, here the zone
# (tz="America/Chicago"), the entry has a dictionary of the attributes in its place,
# and the date is nowhere in the entry. The feed is well formed and bozo is false.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    feedparser==6.0.14 \
    feedparser-sgmllib==2.1.0
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

import feedparser

FEED = """<?xml version="1.0"?><rss version="2.0"
 xmlns:x="https://example.org/events/"><channel><title>Events</title><link>https://example.org/</link>
<description>Events</description><item><title>Fair</title>
<x:start{attribute}>2026-12-12T13:00:00</x:start></item></channel></rss>"""


def read(attribute: str) -> tuple[object, bool]:
    feed = feedparser.parse(FEED.format(attribute=attribute))
    if feed.bozo:
        sys.exit("Changed: the feed is called malformed.")
    (entry,) = feed.entries
    print(f"<x:start{attribute}>: {entry['x_start']!r}; date anywhere: {'2026-12-12' in str(dict(entry))}")
    return entry["x_start"], "2026-12-12" in str(dict(entry))


if read("") != ("2026-12-12T13:00:00", True):
    sys.exit("Changed: an extension element without attributes is read otherwise.")
if read(' tz="America/Chicago"') != ({"tz": "America/Chicago"}, False):
    sys.exit("Changed: the text beside an attribute is now kept.")
print("Still so: an attribute on an extension element hides its text.")
PYTHON
