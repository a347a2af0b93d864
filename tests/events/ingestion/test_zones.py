from __future__ import annotations

import pytest

from events.ingestion.times import ZoneFrom, Zones

DAVIS, PARIS = "America/Los_Angeles", "Europe/Paris"


@pytest.mark.parametrize(
    ("zones", "event", "place", "found"),
    [
        (Zones("UTC", PARIS, PARIS, PARIS), DAVIS, PARIS, (DAVIS, ZoneFrom.EVENT)),
        (Zones("UTC", PARIS, PARIS, PARIS), "", DAVIS, (DAVIS, ZoneFrom.PLACE)),
        (Zones("UTC", PARIS, DAVIS, PARIS), "", "", (DAVIS, ZoneFrom.CALENDAR)),
        (Zones("UTC", DAVIS, "", PARIS), "", "", (DAVIS, ZoneFrom.SOURCE)),
        (Zones("UTC", "", "", DAVIS), "", "", (DAVIS, ZoneFrom.OTHER_EVENTS)),
        (Zones("UTC"), "", "", ("UTC", ZoneFrom.ASSUMED)),
    ],
)
def test_zone_is_the_surest_that_is_known(
    zones: Zones, event: str, place: str, found: tuple[str, ZoneFrom]
) -> None:
    assert zones.of(event, place) == found


@pytest.mark.parametrize(
    ("known", "shared"),
    [
        ([DAVIS] * 5, DAVIS),
        ([DAVIS] * 18 + [PARIS] * 2 + [""] * 50, DAVIS),
        ([DAVIS] * 4, ""),  # too few to tell
        ([DAVIS] * 8 + [PARIS] * 2, ""),  # events from all over
        ([], ""),
    ],
)
def test_zone_that_nearly_all_events_share_is_that_of_the_others(
    known: list[str], shared: str
) -> None:
    assert Zones("UTC").with_file("", known).others == shared


def test_zone_that_is_told_needs_no_vote() -> None:
    assert Zones("UTC", PARIS).with_file("", [DAVIS] * 9) == Zones("UTC", PARIS)
    assert Zones("UTC").with_file(PARIS, [DAVIS] * 9) == Zones("UTC", calendar=PARIS)
