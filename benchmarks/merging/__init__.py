"""How well the rule tells one happening from two, on pairs labelled by hand."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import table
from benchmarks.merging.pairs import SETS
from benchmarks.merging.scoring import Judged, drafts_of, judge_pairs, score_pairs
from benchmarks.relevance.calendars import calendar_folder

_COLUMNS = ["set", "events", "split", "pairs", "the same", "precision", "recall"]


def run(*, verbose: bool = False) -> None:
    """Understands each set's calendars without storing them, and compares its labelled pairs."""
    rows: list[tuple[object, ...]] = []
    wrong: list[str] = []
    for labelled in SETS:
        judged = judge_pairs(labelled.pairs(), drafts_of(labelled, calendar_folder()))
        rows += [(labelled.calendar, *row) for row in _rows(judged)]
        wrong += [_line(each) for each in judged if each.verdict.same != each.pair.same]
    print(table(_COLUMNS, rows))
    if verbose:
        print()
        print("\n".join(wrong))


def _rows(judged: list[Judged]) -> Iterator[tuple[object, ...]]:
    """By origin and split: a written record is not as a real one, so they stand apart."""
    origins = {"all": (False, True), "real": (False,), "written": (True,)}
    if not any(each.pair.is_made for each in judged):
        origins = {"real": (False,)}
    for origin, made in origins.items():
        for split in ("dev", "test", "all"):
            scores = score_pairs(
                each
                for each in judged
                if each.pair.is_made in made and split in ("all", each.pair.split)
            )
            yield (origin, split, scores.pairs, scores.same, scores.precision, scores.recall)


def _line(each: Judged) -> str:
    wrong = "missed" if each.pair.same else "merged in error"
    score = f"{each.pair.split}, {each.verdict.score:+.1f}"
    return f"- {wrong} ({score}): {each.one} / {each.other}: {each.pair.why}"
