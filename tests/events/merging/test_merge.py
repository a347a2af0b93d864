from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import User
from core.errors import InvalidRequest
from events.exports.representation import EventOut
from events.ingestion.duplicates.joining import deduplicate
from events.ingestion.records import EventDraft, VenueDraft
from events.ingestion.store import store_events
from events.merging.merge import MergeReport, mark_all, merge_by_hand, preview_merges, undo_merge
from events.models import Event, EventSearchRow, MergeDecision, MergeDue
from events.search_table.stale import stale_events
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.ingestion.moments import utc
from tests.events.merging.stored import DRAFT, FULLER, NOW, event, merge, store

pytestmark = pytest.mark.django_db


def searchable() -> set[str]:
    assert list(stale_events("hashing")) == []
    return set(EventSearchRow.objects.values_list("event__source", flat=True))


def columns(one: Event) -> dict[str, object]:
    names = [field.attname for field in Event._meta.concrete_fields]
    return {name: getattr(one, name) for name in names if name not in ("updated_at", "sequence")}


def undo(user: User) -> None:
    decision = MergeDecision.objects.standing().get()
    assert undo_merge(decision, user=user, embedder=HashingEmbedder(), now=NOW)


def test_merge_shows_the_fuller_of_two_and_keeps_both_rows() -> None:
    store("town", DRAFT)
    assert store("paper", FULLER) == MergeReport(looked=1, merged=1)
    assert event("town").merged_into == event("paper", "b")
    assert [one.source for one in Event.objects.listed()] == ["paper"]
    assert searchable() == {"paper"}
    decision = MergeDecision.objects.get()
    assert (decision.copy.source, decision.kept.source, decision.by_rule) == ("town", "paper", True)


def test_merge_again_changes_nothing() -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    before = [columns(one) for one in Event.objects.order_by("pk")]
    assert store("town", DRAFT) == MergeReport()
    mark_all()
    assert merge() == MergeReport(looked=2)
    assert [columns(one) for one in Event.objects.order_by("pk")] == before
    assert list(Event.objects.values_list("sequence", flat=True)) == [1, 0]
    assert MergeDecision.objects.count() == 1


def test_merge_does_not_depend_on_who_came_first() -> None:
    store("paper", FULLER)
    store("town", DRAFT)
    assert event("town").merged_into == event("paper", "b")


def test_merge_takes_over_what_only_a_copy_knows_and_undo_gives_it_back(alice: User) -> None:
    poorer = replace(
        DRAFT,
        price="$10",
        min_price=Decimal("10.00"),
        metadata_tags=("jazz",),
        evidence={"price": "Cost: $10", "metadata_tags": "jazz: Jazz"},
    )
    fuller = replace(FULLER, metadata_tags=("music",), evidence={"metadata_tags": "music: songs"})
    store("town", poorer)
    own = columns(event("town"))
    store("paper", fuller)
    kept = event("paper", "b")
    assert (kept.price, kept.min_price) == ("$10", Decimal("10.00"))
    assert kept.metadata_tags == ["music", "jazz"]
    assert kept.evidence == {"metadata_tags": "music: songs; jazz: Jazz", "price": "Cost: $10"}
    assert kept.filled == {
        "price": "",
        "min_price": None,
        "metadata_tags": ["music"],
        "evidence": {"metadata_tags": "music: songs"},
    }
    undo(alice)
    after = event("paper", "b")
    assert (after.price, after.min_price, after.metadata_tags) == ("", None, ["music"])
    assert (after.evidence, after.filled) == ({"metadata_tags": "music: songs"}, {})
    assert columns(event("town")) == own
    assert searchable() == {"town", "paper"}


def test_merge_takes_over_again_after_either_is_imported_anew() -> None:
    store("town", replace(DRAFT, price="$10"))
    store("paper", FULLER)
    store("paper", replace(FULLER, organizer="The house"))
    assert event("paper", "b").price == "$10"
    store("town", replace(DRAFT, price="$12"))
    assert event("paper", "b").price == "$12"
    store("paper", replace(FULLER, price="$15"))
    assert (event("paper", "b").price, event("paper", "b").filled) == ("$15", {})


def test_merge_undone_by_a_person_is_never_done_again(alice: User) -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    undo(alice)
    store("town", replace(DRAFT, organizer="Someone"))
    mark_all()
    assert merge().merged == 0
    assert Event.objects.listed().count() == 2
    decision = MergeDecision.objects.get()
    assert (decision.undone_by, decision.parted, decision.undone_at) == (alice, True, NOW)
    assert not undo_merge(decision, user=alice, embedder=HashingEmbedder(), now=NOW)


def test_merge_ends_when_the_copy_becomes_another_event() -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    report = store("town", replace(DRAFT, start_time=utc(2026, 12, 9, 3)))
    assert (report.merged, report.parted) == (0, 1)
    assert searchable() == {"town", "paper"}
    decision = MergeDecision.objects.get()
    assert (decision.undone_at, decision.parted) == (NOW, False)


def test_merge_shows_a_copy_when_the_shown_one_leaves_its_feed() -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    Event.objects.filter(source="paper").update(withdrawn_at=NOW)
    MergeDue.objects.mark([event("paper", "b").pk])
    merge()
    assert [one.source for one in Event.objects.listed()] == ["town"]
    assert event("paper", "b").merged_into == event("town")
    assert (event("town").url, event("town").filled) == ("", {})
    assert searchable() == {"town"}
    assert [told["source"] for told in event("town").sources] == ["town"]


def test_merge_takes_a_cancellation_from_any_source_and_back() -> None:
    store("paper", FULLER)
    store("town", replace(DRAFT, event_status="cancelled"))
    assert event("paper", "b").event_status == "cancelled"
    assert searchable() == set()
    store("town", DRAFT)
    assert event("paper", "b").event_status == "scheduled"
    assert searchable() == {"paper"}


def test_merge_within_one_source_joins_near_duplicates() -> None:
    store("town", DRAFT, FULLER)
    assert event("town").merged_into == event("town", "b")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (replace(DRAFT, title="Knot Workshop"), replace(FULLER, title="Fly Fishing Workshop")),
        (replace(DRAFT, title="Weaving Part 1"), replace(FULLER, title="Weaving Part 2")),
    ],
)
def test_merge_keeps_two_workshops_of_one_hour_apart(one: EventDraft, two: EventDraft) -> None:
    assert store("town", one, two).merged == 0


def test_merge_of_three_has_one_shown_event_with_three_sources() -> None:
    for source, draft in (("town", DRAFT), ("paper", FULLER), ("radio", DRAFT)):
        store(source, draft)
    kept = Event.objects.listed().select_related("venue").with_sources().get()
    assert [told.source for told in EventOut.of(kept).sources] == ["paper", "town", "radio"]


def test_sources_cost_one_query_for_any_number_of_events(
    django_assert_num_queries: Callable[[int], object],
) -> None:
    for number in range(3):
        moved = utc(2026, 12, 10 + number)
        store("town", replace(DRAFT, external_id=str(number), start_time=moved))
        store("paper", replace(DRAFT, external_id=str(number), start_time=moved))
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        events = list(Event.objects.listed().select_related("venue").with_sources())
        assert [len(EventOut.of(one).sources) for one in events] == [2, 2, 2]


def test_copy_of_an_old_conversation_still_shows_itself() -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    summary = EventOut.of(event("town"))
    assert (summary.title, [told.source for told in summary.sources]) == (DRAFT.title, ["town"])


def test_merge_by_hand_joins_what_no_rule_would_and_survives_imports(alice: User) -> None:
    store("town", DRAFT, replace(FULLER, title="Something else entirely"))
    ids = list(Event.objects.values_list("pk", flat=True))
    decision = merge_by_hand(ids, user=alice, embedder=HashingEmbedder(), now=NOW)
    assert (decision.by_rule, decision.decided_by) == (False, alice)
    assert (decision.copy, decision.kept) == (event("town"), event("town", "b"))
    store("town", replace(DRAFT, organizer="Someone"))
    assert Event.objects.listed().count() == 1
    with pytest.raises(InvalidRequest):
        merge_by_hand(ids, user=alice, embedder=HashingEmbedder(), now=NOW)
    with pytest.raises(InvalidRequest):
        merge_by_hand(ids[:1], user=alice, embedder=HashingEmbedder(), now=NOW)
    undo(alice)
    assert Event.objects.listed().count() == 2


def test_merge_after_an_undo_can_be_done_by_hand(alice: User) -> None:
    store("town", DRAFT)
    store("paper", FULLER)
    undo(alice)
    ids = list(Event.objects.values_list("pk", flat=True))
    merge_by_hand(ids, user=alice, embedder=HashingEmbedder(), now=NOW)
    assert Event.objects.listed().count() == 1


def test_merge_that_was_interrupted_is_completed_by_the_next(alice: User) -> None:
    store("town", DRAFT)
    store_events("paper", [FULLER], embedder=HashingEmbedder())
    assert list(MergeDue.objects.values_list("event__source", flat=True)) == ["paper"]
    assert store("radio", replace(DRAFT, title="Talk")).merged == 1
    assert MergeDue.objects.count() == 0


def test_vague_title_does_not_chain_two_happenings() -> None:
    store("town", replace(DRAFT, title="Weaving Part 1"), replace(FULLER, title="Weaving Part 2"))
    store("paper", replace(DRAFT, title="Weaving"))
    assert Event.objects.listed().count() == 2


def test_preview_tells_what_would_be_merged_and_stores_nothing() -> None:
    store_events("town", [DRAFT, FULLER], embedder=HashingEmbedder())
    proposals = list(preview_merges())
    assert [(each.copy.external_id, each.kept and each.kept.external_id) for each in proposals] == [
        ("a", "b")
    ]
    assert proposals[0].why == "titles 1.00 alike; same start; same venue; 0 m apart"
    assert Event.objects.filter(merged_into__isnull=False).count() == 0


def test_series_keeps_its_id_when_one_date_is_left() -> None:
    later = replace(DRAFT, external_id="later", start_time=utc(2026, 12, 13, 3))
    store("town", *deduplicate([DRAFT, later]).drafts)
    series = event("town").series_id
    store("town", *deduplicate([replace(later, description="The last one")]).drafts)
    assert event("town", "later").series_id == series != ""


def test_merge_meets_across_the_antimeridian() -> None:
    def pier(longitude: float) -> VenueDraft:
        return VenueDraft("Pier", latitude=-16.8, longitude=longitude, precision="venue")

    store("town", replace(DRAFT, venue=pier(179.9999)))
    assert store("paper", replace(DRAFT, venue=replace(pier(-179.9999), name="The Pier"))).merged
