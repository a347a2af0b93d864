"""The one list of event fields, beside all that copy them."""

from __future__ import annotations

from dataclasses import fields

from api.events.content import EventContent
from events.exports.representation import EventOut
from events.ingestion.records import EventDraft
from events.models import Event
from events.models.event_fields import CLIENT_CONTENT, CONTENT

# What identifies an event, or tells how it is stored: no feed and no client fills it in.
_KEPT_BESIDE = {
    *("id", "source", "external_id", "utc_offset", "filled", "content_hash", "sequence"),
    *("withdrawn_at", "withdrawn_by_hand", "merged_into", "created_at", "updated_at"),
}


def test_every_column_of_an_event_is_content_or_kept_beside_it() -> None:
    columns = {field.name for field in Event._meta.concrete_fields}
    assert columns == set(CONTENT) | _KEPT_BESIDE


def test_a_draft_says_the_content_and_its_id() -> None:
    assert {field.name for field in fields(EventDraft)} == {*CONTENT, "external_id", "version"}


def test_clients_say_the_content_or_the_id_of_a_stored_venue() -> None:
    assert set(EventContent.model_fields) == {*CLIENT_CONTENT, "venue_id"}


def test_clients_are_shown_the_content_but_for_the_bounds_of_the_ages() -> None:
    assert set(CONTENT) - set(EventOut.model_fields) == {"age_min", "age_max"}
