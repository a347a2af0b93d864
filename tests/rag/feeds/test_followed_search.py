from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from events.models import Event
from rag.feeds.date_rules import DateRule
from rag.feeds.followed_search import followed_ids
from rag.types import Constraints
from rag.understanding import constraints_from_json
from tests.factories import make_event

pytestmark = pytest.mark.django_db

AROUND = {
    "place": {"label": "Newton, MA", "lat": 42.337, "lng": -71.2092},
    "max_distance_miles": 10,
    "timezone": "America/New_York",
}


def followed(**wishes: Any) -> list[str]:
    constraints: Constraints | None = constraints_from_json({**AROUND, **wishes})
    assert constraints is not None
    ids = followed_ids(constraints, DateRule("any"), now=datetime.now(UTC))
    titles = dict(Event.objects.filter(pk__in=ids).values_list("pk", "title"))
    return sorted(titles[pk] for pk in ids)


def test_followed_topic_leaves_out_what_only_mentions_it() -> None:
    make_event("Harbour Jazz Trio in concert", metadata_tags=["music"])
    make_event("The Weathervanes LIVE at the tavern", description="Music starts at 8 pm.")
    make_event(
        "Autumn craft fair",
        description="Eighty makers and live music all day.",
        metadata_tags=["craft", "art"],
    )
    make_event(
        "Tailgate market", description="Live music, fresh food.", metadata_tags=["market", "food"]
    )
    make_event("Understanding past lives", description="A talk on memory.")
    assert followed(query="live music") == [
        "Harbour Jazz Trio in concert",
        "The Weathervanes LIVE at the tavern",
    ]


def test_followed_audience_leaves_out_what_is_for_others() -> None:
    make_event("Puppet show", audience_tags=["kids"], description="A puppet show.")
    make_event(
        "Puppet slam", audience_tags=["adults"], description="No puppet show for small ones."
    )
    assert followed(query="puppet show", audience="kids") == ["Puppet show"]


def test_followed_name_is_found_whatever_it_is_about() -> None:
    make_event("Rocky Horror Picture Show", metadata_tags=["theatre"])
    make_event("Craft fair", metadata_tags=["craft"])
    assert followed(query="Rocky Horror Picture Show film") == ["Rocky Horror Picture Show"]
