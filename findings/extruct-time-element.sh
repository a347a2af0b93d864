#!/usr/bin/env bash
# extruct 0.18.0 (with pyrdfa3 3.6.5): <time> is read two ways, each without one half.
#
# HTML gives a <time> element its value from the datetime attribute, or, without one,
# from its text. Microdata and RDFa in HTML both say so. Reading microdata, extruct
# ignores the text, and a plain <time>2026-03-10</time> is an empty string. Reading
# RDFa, it ignores the attribute, and the value is the words meant for people. One
# page can so lose its date in one syntax and get an unreadable one in the other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    extruct==0.18.0 \
    pyrdfa3==3.6.5 \
    rdflib==7.6.0 \
    pyparsing==3.3.3 \
    mf2py==2.0.2 \
    beautifulsoup4==4.15.0 \
    soupsieve==4.1.1 \
    typing_extensions==4.16.0 \
    html5lib==1.1 \
    webencodings==0.6.1 \
    six==1.17.0 \
    requests==2.34.2 \
    certifi==2026.10.18 \
    charset-normalizer==3.5.2 \
    idna==3.20 \
    urllib3==2.8.0 \
    html-text==0.7.1 \
    lxml==6.1.3 \
    lxml_html_clean==0.4.6 \
    jstyleson==0.0.2 \
    w3lib==2.5.0
cd "$folder"
PYTHONTZPATH='' venv/bin/python - <<'PYTHON'
import sys

import extruct

MICRODATA = """<div itemscope itemtype="https://schema.org/Event">
<time itemprop="startDate" datetime="2026-03-10T19:00">Tuesday at seven</time>
<time itemprop="endDate">2026-03-11</time></div>"""
RDFA = """<div vocab="https://schema.org/" typeof="Event">
<time property="startDate" datetime="2026-03-10T19:00">Tuesday at seven</time>
<time property="endDate">2026-03-11</time></div>"""


def read(syntax: str, body: str) -> list[dict]:
    page = f"<!doctype html><html><body>{body}</body></html>"
    return extruct.extract(page, base_url="https://example.org/", syntaxes=[syntax])[syntax]


properties = read("microdata", MICRODATA)[0]["properties"]
microdata = [properties["startDate"], properties["endDate"]]
event = next(node for node in read("rdfa", RDFA) if "https://schema.org/startDate" in node)
rdfa = [event[f"https://schema.org/{name}"][0]["@value"] for name in ("startDate", "endDate")]
print("microdata, attribute and text:", microdata)
print("RDFa, attribute and text:     ", rdfa)
if microdata != ["2026-03-10T19:00", ""]:
    sys.exit("Changed: microdata's <time> without an attribute is read otherwise.")
if rdfa != ["Tuesday at seven", "2026-03-11"]:
    sys.exit("Changed: RDFa's <time> with an attribute is read otherwise.")
print("Still so: microdata ignores the text of <time>, RDFa its attribute.")
PYTHON
