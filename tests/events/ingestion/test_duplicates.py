from __future__ import annotations

from dataclasses import replace

from events.ingestion.duplicates.joining import deduplicate
from events.ingestion.locations.venues import venue_key
from events.ingestion.records import EventDraft, VenueDraft
from tests.events.ingestion.moments import utc

HALL = VenueDraft("The Hall", city="Davis", place_id=5341704)
DRAFT = EventDraft("a", "Concert", utc(2026, 12, 5, 19), "UTC", venue=HALL)


def test_merge_joins_entries_of_one_happening() -> None:
    fuller = replace(
        DRAFT,
        external_id="b",
        title="CONCERT!",
        description="All about it",
        metadata_tags=("jazz",),
    )
    other = replace(DRAFT, url="https://example.org", metadata_tags=("music",))
    found = deduplicate([other, fuller])
    assert list(found.drafts) == [
        replace(fuller, url="https://example.org", metadata_tags=("jazz", "music"))
    ]
    assert [(each.external_id, each.reason) for each in found.joined] == [
        ("a", "merged: same title, start and venue as b")
    ]


def test_merge_keeps_what_differs_in_start_place_or_room() -> None:
    drafts = [
        DRAFT,
        replace(DRAFT, external_id="b", start_time=utc(2026, 12, 5, 20)),
        replace(DRAFT, external_id="c", venue=replace(HALL, name="Other")),
        replace(DRAFT, external_id="d", room_name="Upstairs"),
        replace(DRAFT, external_id="e", title="🎶"),
        replace(DRAFT, external_id="f", title="📖"),
    ]
    found = deduplicate(drafts)
    assert [draft.external_id for draft in found.drafts] == ["a", "b", "c", "d", "e", "f"]
    assert list(found.joined) == []


def test_merge_cancellation_of_a_duplicate_counts() -> None:
    cancelled = replace(DRAFT, external_id="z", event_status="cancelled")
    (draft,) = deduplicate([replace(DRAFT, description="long text"), cancelled]).drafts
    assert (draft.external_id, draft.event_status) == ("z", "cancelled")


def test_merge_outcome_does_not_depend_on_the_order() -> None:
    one, other = replace(DRAFT, description="x"), replace(DRAFT, external_id="b", description="y")
    assert list(deduplicate([one, other]).drafts) == list(deduplicate([other, one]).drafts)


def test_merge_shared_ids_become_unique_by_start() -> None:
    drafts = [
        DRAFT,
        replace(DRAFT, start_time=utc(2026, 12, 6, 19)),
        replace(DRAFT, title="Talk"),
        replace(DRAFT, external_id="b", title="Own"),
    ]
    ids = [draft.external_id for draft in deduplicate(drafts).drafts]
    assert ids[:2] == ["a#20261205T190000Z", "a#20261206T190000Z"]
    assert ids[2].startswith("a#20261205T190000Z-")
    assert ids[3] == "b"


def test_merge_same_title_and_venue_is_a_series() -> None:
    later = replace(DRAFT, external_id="b", start_time=utc(2026, 12, 12, 19))
    named = replace(DRAFT, external_id="c", start_time=utc(2026, 12, 19, 19), series_id="s")
    single = replace(DRAFT, external_id="d", title="Talk")
    assert [draft.series_id for draft in deduplicate([DRAFT, later, named, single]).drafts] == [
        *("concert @ hall|5341704", "concert @ hall|5341704", "s", ""),
    ]


def test_venue_key_lets_spellings_meet() -> None:
    spellings = ("The Hall & Garden", "Hall and Garden", "HALL GARDEN")
    assert {venue_key(VenueDraft(name, place_id=1)) for name in spellings} == {"hall garden|1"}
    assert venue_key(VenueDraft("Hall", place_id=2)) == "hall|2"
    assert venue_key(VenueDraft("Hall", city="Nowhere", country="X")) == "hall|nowhere x"
