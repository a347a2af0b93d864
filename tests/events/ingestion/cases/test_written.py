"""Cases of zones, places, written dates and times, numbers: drawn from what people publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SHARED_DATA
from tests.events.ingestion.cases.replay import Case, drafts_of, faults, read_cases

pytestmark = pytest.mark.django_db
KINDS = frozenset({"K1", "K2", "K3", "K4", "K8", "K14", "K15", "K18"})
FOLDER, SHARED = Path(__file__).parent, SHARED_DATA / "cases"


def _named(case: Case) -> str:
    return str(case["id"])


@pytest.mark.parametrize("case", read_cases(FOLDER / "written.json", KINDS), ids=_named)
def test_case_is_read_right(case: Case) -> None:
    assert faults(case, drafts_of(FOLDER / "data", case).drafts) == []


def _shared_cases() -> list[Case]:
    if not SHARED.is_dir():
        return []
    return read_cases(SHARED / "cases.json", KINDS)


@pytest.mark.parametrize("case", _shared_cases(), ids=_named)
def test_shared_case_is_read_right(case: Case) -> None:
    assert faults(case, drafts_of(SHARED, case).drafts) == []
