from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.ingestion.formats.ical.rules import MAX_OCCURRENCES
from events.ingestion.records import EventDraft, Skipped
from events.sources.missing import Content, StoredEvent, is_suspicious, missing_events

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def stored(external_id: str, start: datetime = LATER, title: str = "Concert") -> StoredEvent:
    return StoredEvent(1, external_id, title, start)


def content(*ids: str, skipped: tuple[Skipped, ...] = ()) -> Content:
    return Content.of([EventDraft(uid, "Talk", LATER, "UTC") for uid in ids], skipped)


def missing(event: StoredEvent, held: Content) -> bool:
    return missing_events([event], held, now=NOW) == [event]


def test_missing_events_are_those_to_come_that_the_feed_does_not_hold() -> None:
    assert missing(stored("a"), content("b"))
    assert not missing(stored("a"), content("a"))


def test_missing_events_past_and_begun_ones_are_not_missed() -> None:
    assert not missing(stored("a", NOW - timedelta(days=1)), content("b"))
    assert not missing(stored("a", NOW), content("b"))


def test_missing_events_occurrences_beyond_the_window_are_not_missed() -> None:
    far = NOW + timedelta(days=400)
    assert not missing(stored("a#20271226T180000", far), content("b"))
    assert missing(stored("a#20261122T120000"), content("b"))
    assert missing(stored("a", far), content("b"))


def test_missing_events_of_a_series_that_was_cut_off_count_up_to_there() -> None:
    times = [NOW + timedelta(hours=number) for number in range(1, MAX_OCCURRENCES + 1)]
    held = Content.of([EventDraft(f"a#{at:%j%H}", "Talk", at, "UTC") for at in times], ())
    assert not missing(stored("a#other", times[-1] + timedelta(hours=1)), held)
    assert missing(stored("a#other", times[-1] - timedelta(minutes=1)), held)


def test_missing_events_nothing_is_missed_when_not_all_that_was_left_out_is_told() -> None:
    more = Skipped("", "", "broken entry", "5,000 more", count=5000)
    assert not missing(stored("a"), content("b", skipped=(more,)))


@pytest.mark.parametrize(
    ("external_id", "skipped"),
    [
        ("a", Skipped("a", "", "broken entry", "the start cannot be read")),
        ("a#20261122T120000", Skipped("a", "", "broken entry", "the rule cannot be followed")),
        ("sha256:0123", Skipped("entry 3", "Concert", "broken entry", "the start is missing")),
    ],
)
def test_missing_events_what_may_be_an_unread_entry_is_not_missed(
    external_id: str, skipped: Skipped
) -> None:
    assert not missing(stored(external_id), content("b", skipped=(skipped,)))


@pytest.mark.parametrize(
    ("gone", "to_come", "found", "suspicious"),
    [
        (0, 0, 0, False),
        (20, 20, 5, False),
        (21, 41, 20, True),
        (21, 42, 21, False),
        (100, 1000, 900, False),
        (1, 1, 0, True),
    ],
)
def test_is_suspicious_when_many_and_most_are_gone_or_nothing_is_left(
    gone: int, to_come: int, found: int, suspicious: bool
) -> None:
    events = [stored(str(number)) for number in range(gone)]
    assert is_suspicious(events, to_come=to_come, found=found) is suspicious
