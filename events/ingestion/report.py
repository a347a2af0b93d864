"""Reports what became of each entry of an import, also as bounded JSON for admin and API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from events.ingestion.errors import NothingFound
from events.ingestion.records import EventDraft, Skipped
from events.ingestion.store import StoreReport
from events.ingestion.times import ZoneFrom
from events.merging.merge import MergeReport

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


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of each entry of the file.

    `product` is the calendar software by whose ways the file was read.
    `zones` counts what the events' time zones were taken from; `notes` are of events
    that were taken in, though their feed leaves the zone or the place open.
    """

    source: str
    format_name: str
    found: int
    product: str = ""
    stored: StoreReport = field(default_factory=StoreReport)
    copies: MergeReport = field(default_factory=MergeReport)
    merged: tuple[Skipped, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Skipped, ...] = ()
    zones: Mapping[ZoneFrom, int] = field(default_factory=dict)
    drafts: Sequence[EventDraft] = ()

    def reasons(self) -> Iterator[tuple[str, int, list[Skipped]]]:
        """(kind and reason, how many, the entries), the most frequent first."""
        groups: dict[str, list[Skipped]] = {}
        for entry in (*self.merged, *self.notes):
            groups.setdefault(entry.kind, []).append(entry)
        for entry in self.skipped:
            groups.setdefault(f"{entry.kind}: {entry.reason}", []).append(entry)
        counts = Counter(
            {name: sum(entry.count for entry in entries) for name, entries in groups.items()}
        )
        for name, count in counts.most_common():
            yield name, count, groups[name]


def require_events(report: ImportReport) -> None:
    """Refuses an import that found nothing, and says why.

    Raises:
        NothingFound: no entry became an event.
    """
    if report.drafts:
        return
    if not report.found:
        raise NothingFound("The file is sound, but there is no event in it.")
    reasons = [
        f"{entries[0].reason} ({count:,})" for _, count, entries in islice(report.reasons(), 3)
    ]
    raise NothingFound(
        f"None of the {report.found:,} entries could be read as an event: {'; '.join(reasons)}."
    )


def report_as_json(report: ImportReport) -> dict[str, Any]:
    """Counts, and each reason for what was left out, joined or left open, with examples."""
    reasons = list(report.reasons())
    return {
        "source": report.source,
        "format": report.format_name,
        "product": report.product,
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
    """Words what the events' zones were taken from: "338 from the place, 55 assumed"."""
    return ", ".join(
        f"{zones[origin]:,} {words}" for origin, words in _ZONES_FROM.items() if zones.get(origin)
    )
