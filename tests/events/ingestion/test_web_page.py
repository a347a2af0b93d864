from __future__ import annotations

import pytest

from events.ingestion.errors import FileBroken
from events.ingestion.records import RawEvent, RawPlace
from tests.events.ingestion.moments import wall
from tests.events.ingestion.parsing import parse_html

MICRODATA = """
<div itemscope itemtype="https://schema.org/MusicEvent" itemid="urn:x:1">
<h1 itemprop="name">Jazz</h1><time itemprop="startDate" datetime="2026-12-05T19:30">Saturday</time>
<div itemprop="location" itemscope itemtype="https://schema.org/Place">
<span itemprop="name">Hall</span>
<div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
<span itemprop="addressLocality">Asheville</span>, <span itemprop="addressRegion">NC</span>
</div></div>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<meta itemprop="price" content="10"><meta itemprop="priceCurrency" content="USD"></div></div>
"""
RDFA = """
<div vocab="https://schema.org/" typeof="Event"><span property="name">Barn dance</span>
<time property="startDate" content="2026-12-06T19:00">Sunday</time>
<div property="location" typeof="Place"><span property="name">Barn</span>
<div property="address" typeof="PostalAddress"><span property="addressLocality">Davis</span></div>
</div></div>
"""
LINKED = (
    '<script type="application/ld+json">{"@type": "Event", "name": "Linked",'
    ' "startDate": "2026-12-07T19:00"}</script>'
)


def parse(*parts: str) -> list[RawEvent]:
    return list(parse_html(f"<!DOCTYPE html><body>{''.join(parts)}</body>".encode()).events)


def test_parse_html_reads_microdata() -> None:
    (event,) = parse(MICRODATA)
    assert (event.uid, event.title, event.start) == ("urn:x:1", "Jazz", wall(2026, 12, 5, 19, 30))
    assert event.place == RawPlace(name="Hall", city="Asheville", state="NC")
    assert (event.price, event.keywords) == ("$10", ("music",))


def test_parse_html_reads_rdfa() -> None:
    (event,) = parse(RDFA)
    assert (event.uid, event.title, event.start) == ("", "Barn dance", wall(2026, 12, 6, 19))
    assert event.place == RawPlace(name="Barn", city="Davis")


def test_parse_html_one_way_of_telling_is_enough() -> None:
    assert [event.title for event in parse(LINKED, MICRODATA, RDFA)] == ["Linked"]


def test_parse_html_broken_script_leaves_the_microdata() -> None:
    page = f'<html><script type="application/ld+json">{{</script>{MICRODATA}</html>'
    parsed = parse_html(page.encode())
    assert [event.title for event in parsed.events] == ["Jazz"]
    assert [each.reason for each in parsed.broken] == ["the page's JSON-LD is malformed"]


def test_parse_html_item_without_a_start_is_reported() -> None:
    page = '<div itemscope itemtype="https://schema.org/Event"><b itemprop="name">Some</b></div>'
    parsed = parse_html(page.encode())
    assert [(each.title, each.reason) for each in parsed.broken] == [
        ("Some", "the start (startDate) is missing or cannot be read")
    ]


def test_parse_html_reads_the_declared_encoding() -> None:
    page = f'<html><head><meta charset="windows-1250"></head>{MICRODATA}</html>'
    parsed = parse_html(page.replace("Jazz", "Vánoční trh").encode("cp1250"))
    assert [event.title for event in parsed.events] == ["Vánoční trh"]


@pytest.mark.parametrize("page", ["", "<p>x</p>", "<p itemscope>x</p>", "<p typeof=Person>x</p>"])
def test_parse_html_page_without_events_is_refused(page: str) -> None:
    with pytest.raises(FileBroken):
        parse_html(page.encode())
