"""An import's report as bounded JSON, for the admin and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.ingestion.pipeline import ImportReport
from events.ingestion.times import ZoneFrom

MAX_REASONS = 30
MAX_EXAMPLES = 5
_LONGEST = 200
_ZONES_FROM = {
    ZoneFrom.EVENT: "from the event",
    ZoneFrom.PLACE: "from the place",
    ZoneFrom.CALENDAR: "from the calendar",
    ZoneFrom.SOURCE: "from the source",
    ZoneFrom.OTHER_EVENTS: "from the other events",
    ZoneFrom.ASSUMED: "assumed",
}


def told(report: ImportReport) -> dict[str, Any]:
    """Counts, and each reason for what was left out, joined or left open, with examples."""
    reasons = list(report.reasons())
    return {
        "source": report.source,
        "format": report.format_name,
        "found": report.found,
        "created": report.stored.created,
        "updated": report.stored.updated,
        "unchanged": report.stored.unchanged,
        "copies": report.copies.merged,
        "merged": sum(entry.count for entry in report.merged),
        "skipped": sum(entry.count for entry in report.skipped),
        "zones": {str(origin): count for origin, count in report.zones.items()},
        "reasons": [
            {
                "reason": name[:_LONGEST],
                "count": count,
                "examples": [
                    {
                        "external_id": entry.external_id[:_LONGEST],
                        "title": entry.title[:_LONGEST],
                        "reason": entry.reason[:_LONGEST],
                    }
                    for entry in entries[:MAX_EXAMPLES]
                ],
            }
            for name, count, entries in reasons[:MAX_REASONS]
        ],
        "further_reasons": max(len(reasons) - MAX_REASONS, 0),
    }


def zones_in_words(zones: Mapping[ZoneFrom, int]) -> str:
    """What the events' zones were taken from: "338 from the place, 55 assumed"."""
    return ", ".join(
        f"{zones[origin]:,} {words}" for origin, words in _ZONES_FROM.items() if zones.get(origin)
    )
