"""How well the rule tells one happening from two, on pairs labelled by hand."""

from __future__ import annotations

from datetime import datetime

from benchmarks.figures import table
from benchmarks.merging.pairs import CALENDAR, NOW, load_pairs
from benchmarks.merging.scoring import Judged, judge_pairs, score_pairs
from benchmarks.relevance.calendars import calendar_folder
from events.ingestion.pipeline import ImportOptions, import_calendar
from events.ingestion.records import EventDraft
from rag.embedding import get_backend


def run(*, verbose: bool = False) -> None:
    """Understands the calendar without storing it, and compares each labelled pair."""
    judged = judge_pairs(load_pairs(), _drafts(NOW))
    rows = []
    for name in ("dev", "test", "all"):
        scores = score_pairs(each for each in judged if name in ("all", each.pair.split))
        rows.append((name, scores.pairs, scores.same, scores.precision, scores.recall))
    print(table(["split", "pairs", "the same", "precision", "recall"], rows))
    if verbose:
        print()
        for each in judged:
            if each.verdict.same != each.pair.same:
                print(_line(each))


def _drafts(now: datetime) -> list[EventDraft]:
    path = calendar_folder() / f"{CALENDAR}.ics"
    options = ImportOptions("America/Los_Angeles", dry_run=True)
    return list(import_calendar(str(path), options, embedder=get_backend(), now=now).drafts)


def _line(each: Judged) -> str:
    wrong = "missed" if each.pair.same else "merged in error"
    return f"- {wrong} ({each.verdict.score:+.1f}): {each.one} / {each.other}: {each.pair.why}"
