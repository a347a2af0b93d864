"""A way to ask: `ask("jazz in Boston")` on a Friday afternoon in New York."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rag.types import AgeRange, Constraints, SearchContext, ShownEvent
from rag.understanding import understand
from rag.understanding.places.lookup import StoredPlaces

FRIDAY = "2026-11-20T15:00"
Ask = Callable[..., Constraints]


@pytest.fixture
def gazetteer(db: None) -> StoredPlaces:
    return StoredPlaces()


@pytest.fixture
def ask(gazetteer: StoredPlaces) -> Ask:
    """ask(text, now=local time, zone=…, standing=…, shown=…, **SearchContext fields)"""

    def ask_on_friday(
        text: str,
        *,
        now: str = FRIDAY,
        zone: str | None = "America/New_York",
        standing: Constraints | None = None,
        shown: Sequence[ShownEvent] = (),
        **context: object,
    ) -> Constraints:
        moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone or "UTC"))
        return understand(
            text,
            now=moment,
            gazetteer=gazetteer,
            context=SearchContext(timezone=zone, **context),  # type: ignore[arg-type]
            standing=standing,
            shown=shown,
        )

    return ask_on_friday


def local(moment: datetime | None) -> str | None:
    """A moment as the local wall time that the tables are written in."""
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else None


def holds_age(ages: AgeRange | None, wanted: int | None) -> bool:
    """Whether an age that a label names is among the ages read."""
    if ages is None or wanted is None:
        return ages is None and wanted is None
    return (ages.min or 0) <= wanted and (ages.max is None or wanted <= ages.max)
