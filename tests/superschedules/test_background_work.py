"""What the service looks for each second: the same as the models' own querysets find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import EmbeddingDue, Import, Source
from superschedules.server.background import _work_due
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def due() -> tuple[bool, bool]:
    """What is due, by the querysets; the statement must say the same."""
    found = _work_due()
    waiting = Import.objects.waiting(timezone.now()).exists()
    assert found == (EmbeddingDue.objects.exists(), waiting or Source.objects.requested().exists())
    return found


def test_nothing_is_due_at_first() -> None:
    assert due() == (False, False)


def test_event_without_its_vector_is_due() -> None:
    EmbeddingDue.objects.create(event=make_event("one"))
    assert due() == (True, False)


@pytest.mark.parametrize(
    ("status", "not_before", "lease", "is_due"),
    [
        ("queued", None, None, True),
        ("queued", -1, None, True),
        ("queued", 60, None, False),
        ("running", None, -1, True),
        ("running", None, 60, False),
        ("running", None, None, False),
    ],
)
def test_import_is_due_by_its_state(
    status: str, not_before: int | None, lease: int | None, is_due: bool
) -> None:
    now = timezone.now()
    Import.objects.create(
        url="https://example.org/calendar.ics",
        status=status,
        not_before=None if not_before is None else now + timedelta(seconds=not_before),
        lease_until=None if lease is None else now + timedelta(seconds=lease),
    )
    assert due() == (False, is_due)


def test_requested_source_is_due() -> None:
    source = Source.objects.create(name="calendar", url="https://example.org/calendar.ics")
    assert due() == (False, False)
    Source.objects.filter(pk=source.pk).update(sync_requested_at=timezone.now())
    assert due() == (False, True)
