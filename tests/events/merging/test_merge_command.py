from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from events.ingestion.store import store_events
from events.models import Event, MergeDecision
from tests.events.ingestion.hashing_embedder import HashingEmbedder
from tests.events.merging.stored import DRAFT, FULLER

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("merge_events", *arguments, verbosity=0, stdout=out)
    return out.getvalue().splitlines()


def test_merge_events_merges_everything_and_a_dry_run_only_says_so() -> None:
    store_events("town", [DRAFT, FULLER], embedder=HashingEmbedder())
    assert run("--dry-run") == [
        "Rosa Lind Quartet [town a] → Rosa Lind Quartet at the Blue Door [town b]:"
        " titles 1.00 alike; same start; same venue; 0 m apart",
        "1 changes (dry run: nothing was stored)",
    ]
    assert (Event.objects.listed().count(), MergeDecision.objects.count()) == (2, 0)
    assert run() == ["2 events compared, 1 copies merged, 0 listed again"]
    assert run() == ["2 events compared, 0 copies merged, 0 listed again"]
    assert run("--dry-run") == ["0 changes (dry run: nothing was stored)"]
