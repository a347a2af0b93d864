"""An import's report as bounded JSON, for the admin and the API."""

from __future__ import annotations

from typing import Any

from events.ingestion.pipeline import ImportReport

MAX_REASONS = 30
MAX_EXAMPLES = 5
_LONGEST = 200


def told(report: ImportReport) -> dict[str, Any]:
    """Counts, and each reason for what was left out or joined, with examples."""
    reasons = list(report.reasons())
    return {
        "source": report.source,
        "format": report.format_name,
        "found": report.found,
        "created": report.stored.created,
        "updated": report.stored.updated,
        "unchanged": report.stored.unchanged,
        "merged": sum(entry.count for entry in report.merged),
        "skipped": sum(entry.count for entry in report.skipped),
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
