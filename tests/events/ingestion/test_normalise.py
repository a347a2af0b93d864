from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from events.ingestion.locations.locate import Locator
from events.ingestion.locations.whereabouts import Whereabouts
from events.ingestion.normalise import external_id, normalise, normalise_all
from events.ingestion.records import BrokenEntry, EventDraft, ParsedFile, RawEvent
from events.ingestion.times import Zones
from events.places.gazetteer import Gazetteer
from tests.events.ingestion.moments import utc, wall

RAW = RawEvent(title="Concert", start=wall(2026, 12, 5, 19), uid="1")


def drafts_of(*events: RawEvent, timezone: str = "", fallback: str = "UTC") -> list[EventDraft]:
    parsed = ParsedFile(events, timezone=timezone)
    found = normalise_all(parsed, Locator(Gazetteer()), zones=Zones(fallback))
    assert list(found.skipped) == []
    return list(found.drafts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "calendar_zone", "start", "zone"),
    [
        (RAW, "", utc(2026, 12, 5, 18), "Europe/Paris"),  # the fallback
        (RAW, "America/Denver", utc(2026, 12, 6, 2), "America/Denver"),
        (
            replace(RAW, location="Hall, Asheville, NC"),
            *("America/Denver", utc(2026, 12, 6, 0), "America/New_York"),
        ),
        (
            replace(RAW, location="Hall, Asheville, NC", zone="America/Chicago"),
            *("America/Denver", utc(2026, 12, 6, 1), "America/Chicago"),
        ),
        (
            replace(RAW, start=utc(2026, 12, 5, 19), location="Hall, Asheville, NC"),
            *("America/Denver", utc(2026, 12, 5, 19), "America/New_York"),
        ),
        (
            replace(RAW, start=date(2026, 12, 5), location="Messe, Berlin, Germany"),
            *("America/Denver", utc(2026, 12, 4, 23), "Europe/Berlin"),
        ),
    ],
)
def test_normalise_zone_is_the_events_the_places_the_calendars_the_fallback(
    raw: RawEvent, calendar_zone: str, start: object, zone: str
) -> None:
    (draft,) = drafts_of(raw, timezone=calendar_zone, fallback="Europe/Paris")
    assert (draft.start_time, draft.timezone) == (start, zone)


def test_normalise_publisher_signed_at_the_end_is_the_organizer() -> None:
    raw = replace(RAW, description="Loud.\n\nSource: North Bay Bohemian, Press Democrat")
    draft = normalise(raw, Whereabouts(), "UTC")
    assert (draft.description, draft.organizer) == ("Loud.", "North Bay Bohemian, Press Democrat")


@pytest.mark.parametrize(
    ("title", "stated", "status"),
    [
        ("Concert", "", "scheduled"),
        ("Concert", "cancelled", "cancelled"),
        ("Concert", "postponed", "postponed"),
        ("CANCELLED - Story Time", "", "cancelled"),
        ("Canceled: Story Time", "", "cancelled"),
        ("Story Time (CANCELLED)", "", "cancelled"),
        ("POSTPONED Story Time", "", "postponed"),
        ("How the Concert Was Cancelled in 1969", "", "scheduled"),
    ],
)
def test_normalise_status_is_stated_or_stands_in_the_title(
    title: str, stated: str, status: str
) -> None:
    draft = normalise(replace(RAW, title=title, status=stated), Whereabouts(), "UTC")
    assert draft.event_status == status


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("ftp://example.org", ""),
        ("https://example.org/" + "a" * 3000, ""),
        ("not a link", ""),
    ],
)
def test_normalise_keeps_web_links_only(url: str, kept: str) -> None:
    assert normalise(replace(RAW, url=url), Whereabouts(), "UTC").url == kept


def test_normalise_link_to_the_meeting_serves_as_url() -> None:
    where = Whereabouts(mode="online", location="Online", link="https://zoom.us/j/1")
    draft = normalise(RAW, where, "UTC")
    assert (draft.url, draft.venue) == ("https://zoom.us/j/1", None)


def test_normalise_fills_prices_ages_and_tags() -> None:
    raw = replace(
        RAW, title="Kids' Concert (Ages 5-12)", description="Tickets $10", keywords=("X",)
    )
    draft = normalise(raw, Whereabouts(), "UTC")
    assert (draft.price, draft.min_price) == ("$10", Decimal(10))
    assert (draft.age_range, draft.age_min, draft.age_max) == ("Ages 5-12", 5, 12)
    assert (draft.audience_tags, draft.metadata_tags) == (("kids",), ("x", "music"))


def test_normalise_stated_lowest_price_wins() -> None:
    raw = replace(RAW, description="Tickets $10", min_price=Decimal(0))
    draft = normalise(raw, Whereabouts(), "UTC")
    assert (draft.price, draft.min_price) == ("Free", Decimal(0))


@pytest.mark.parametrize("title", ["", "  ", "<b></b>", "\x00"])
def test_normalise_event_without_title_is_broken(title: str) -> None:
    with pytest.raises(BrokenEntry):
        normalise(replace(RAW, title=title), Whereabouts(), "UTC")


def test_normalise_hostile_lengths_fit_the_columns() -> None:
    long = "x" * 100_000
    raw = RawEvent(
        long,
        wall(2026, 1, 1),
        uid=long,
        description=long,
        organizer=long,
        price=long,
        room=long,
        age_range=long,
        keywords=(long,) * 100,
        audience=(long,) * 100,
    )
    draft = normalise(raw, Whereabouts(location=long), "UTC")
    assert [len(text) for text in (draft.title, draft.external_id, draft.description)] == [
        *(500, 493, 20_000),
    ]
    assert len(draft.organizer) == 300
    assert len(draft.metadata_tags) <= 30
    assert max(map(len, draft.audience_tags)) <= 50


def test_external_id_without_uid_is_stable() -> None:
    raw = RawEvent("Concert", wall(2026, 12, 5, 19), location="Hall")
    assert external_id(raw) == external_id(replace(raw, title="CONCERT!", description="new"))
    assert external_id(raw) != external_id(replace(raw, start=wall(2026, 12, 6, 19)))


def test_external_id_tells_occurrences_and_long_ids_apart() -> None:
    assert external_id(replace(RAW, repeats_at="20261205T190000")) == "1#20261205T190000"
    long = "u" * 600
    ids = {external_id(replace(RAW, uid=long + end)) for end in ("a", "b")}
    assert len(ids) == 2
    assert all(len(each) <= 500 for each in ids)


@pytest.mark.django_db
def test_normalise_all_reports_one_broken_event_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stumbling(Locator):
        def locate(self, event: RawEvent) -> Whereabouts:
            if event.uid == "odd":
                raise ZeroDivisionError("secret")
            return super().locate(event)

    events = [
        RAW,
        replace(RAW, uid="odd"),
        replace(RAW, uid="untitled", title=""),
        replace(RAW, uid="early", start=wall(1, 1, 1)),
    ]
    found = normalise_all(ParsedFile(events), Stumbling(Gazetteer()), zones=Zones("UTC"))
    assert [draft.external_id for draft in found.drafts] == ["1"]
    assert [(each.external_id, each.reason) for each in found.skipped] == [
        ("odd", "it could not be understood (see the log)"),
        ("untitled", "the title is missing"),
        ("early", "the year 1 is not plausible"),
    ]
    assert "event_not_normalised" in caplog.text
