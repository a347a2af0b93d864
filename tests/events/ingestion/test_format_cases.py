"""Files as calendars and sites write them, and what their events are."""

from __future__ import annotations

import json

import pytest

from tests.conftest import SHARED_DATA
from tests.events.ingestion.case_files import Case, faults_of, read_cases

_CASES = read_cases(
    *("linked_data", "stray_marks", "lenient_calendars", "several_calendars"),
    *("series_without_uid", "until", "versions", "exrules", "cancelled", "products"),
    *("free", "texts", "nothing_found"),
)
_KINDS = {"K5", "K6", "K7", "K9", "K10", "K11", "K12", "K13", "K16", "K17"}


def _shared_cases() -> list[Case]:
    """The known cases, where the folder with the shared data stands beside the project."""
    listed = SHARED_DATA / "cases" / "cases.json"
    if not listed.is_file():
        return []
    return [
        Case(
            each["id"],
            each["file"],
            (listed.parent / each["file"]).read_bytes(),
            each.get("zone", ""),
            each["expect"],
        )
        for each in json.loads(listed.read_text("utf-8"))
        if "file" in each and each["kind_of_fault"] in _KINDS
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("case", [*_CASES, *_shared_cases()], ids=lambda case: case.name)
def test_case_is_read_right(case: Case) -> None:
    assert faults_of(case) == []
