"""One generated calendar for all tests that only look at it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.demo.generate import generate_events
from events.ingestion.records import EventDraft

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="package")
def calendar() -> list[EventDraft]:
    return list(generate_events(NOW))
