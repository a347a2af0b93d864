"""The tables, the failing lines and the file of figures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.conversation.cases import PARTS
from benchmarks.conversation.judges.verdicts import READING, Aspect
from benchmarks.conversation.running import Judged
from benchmarks.figures import table

# The normal quantile of a 95 % interval.
_Z = 1.959964
_LONGEST = 300
_ASPECTS: dict[str, tuple[Aspect, ...]] = {
    "constraints": ("constraints",),
    "act": ("act",),
    "refers": ("refers",),
    "reading": READING,
    "text": ("text",),
    "list": ("list",),
    "all": (*READING, "text", "list"),
}


def tables(judged: Sequence[Judged]) -> str:
    """For each part the classes of questions, the kinds of conversations and the totals."""
    parts = [part for part in PARTS if any(each.case.part == part for each in judged)]
    blocks: list[str] = []
    for name in [*parts, *(["both"] if len(parts) > 1 else [])]:
        chosen = [each for each in judged if name in (each.case.part, "both")]
        blocks += [f"### {name}", totals_table(chosen)]
        singles = [each for each in chosen if not each.case.is_conversation]
        talks = [each for each in chosen if each.case.is_conversation]
        blocks += [kinds_table("class", singles)] if singles else []
        blocks += [kinds_table("conversation", talks)] if talks else []
    return "\n\n".join(blocks)


def totals_table(judged: Sequence[Judged]) -> str:
    """Questions and follow-ups, with the 95 % interval of each share."""
    groups = {
        "questions": [each for each in judged if not each.case.is_conversation],
        "first messages": [
            each for each in judged if each.case.is_conversation and not each.is_follow_up
        ],
        "follow-ups": [each for each in judged if each.is_follow_up],
    }
    rows = [
        [name, len(group), *(_with_interval(group, aspects) for aspects in _ASPECTS.values())]
        for name, group in groups.items()
        if group
    ]
    return table(["", "count", *_ASPECTS], rows)


def kinds_table(title: str, judged: Sequence[Judged]) -> str:
    """A row a class or kind and one for all: right of judged, faults, nDCG@6."""
    kinds = sorted({each.case.kind for each in judged})
    groups = [(kind, [each for each in judged if each.case.kind == kind]) for kind in kinds]
    header = [title, "count", *_ASPECTS, "faults", "nDCG@6", "plain", "ratio"]
    header += ["nDCG@6 judged", "plain judged", "ranked"]
    return table(header, [_row(*group) for group in [*groups, ("all", judged)]])


def _row(name: str, judged: Sequence[Judged]) -> list[object]:
    shares = ["{}/{}".format(*right_of(judged, aspects)) for aspects in _ASPECTS.values()]
    faults = sum(each.is_fault for one in judged for each in one.verdicts)
    return [name, len(judged), *shares, faults, *_ndcg(judged)]


def _ndcg(judged: Iterable[Judged]) -> list[object]:
    ranked = [each.ndcg for each in judged if each.ndcg is not None]
    product = _mean(each.product for each in ranked)
    plain = _mean(each.plain for each in ranked)
    ratio = product / plain if product is not None and plain else None
    judged_product = _mean(each.product_judged for each in ranked)
    judged_plain = _mean(each.plain_judged for each in ranked)
    figures = (product, plain, ratio, judged_product, judged_plain)
    return [*("–" if figure is None else figure for figure in figures), len(ranked)]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def right_of(judged: Iterable[Judged], aspects: Sequence[Aspect]) -> tuple[int, int]:
    """Messages with all verdicts of the aspects right, and those with such a verdict at all."""
    asked = [found for each in judged if (found := each.of(*aspects))]
    return sum(all(verdict.is_right for verdict in found) for found in asked), len(asked)


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share = right / count
    middle = share + _Z**2 / (2 * count)
    half = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def _with_interval(judged: Sequence[Judged], aspects: Sequence[Aspect]) -> str:
    right, count = right_of(judged, aspects)
    if not count:
        return "–"
    low, high = interval(right, count)
    return f"{right}/{count} {right / count:.0%} ({low:.0%}–{high:.0%})"


def failures(judged: Iterable[Judged]) -> Iterator[str]:
    """Each failing message with what was expected and what came."""
    for each in judged:
        wrong = [verdict for verdict in each.verdicts if not verdict.is_right]
        if wrong:
            yield f"{each.turn.id} [{each.case.kind}] {each.turn.text}"
        for verdict in wrong:
            yield f"  {verdict.aspect} · {verdict.name}{' · FAULT' if verdict.is_fault else ''}"
            yield f"    expected {_brief(verdict.expected)}"
            yield f"    got      {_brief(verdict.got)}"


def _brief(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def write_figures(path: Path, judged: Sequence[Judged], *, keep: Callable[[Judged], bool]) -> None:
    """Writes all totals, and of those messages that are to be kept each verdict."""
    groups: dict[str, Any] = {}
    for each in judged:
        talk = "conversations" if each.case.is_conversation else "questions"
        for name in (f"{each.case.part} {talk}", f"{each.case.part} {talk} {each.case.kind}"):
            groups.setdefault(name, []).append(each)
    found = {
        "groups": {name: _figures(group) for name, group in sorted(groups.items())},
        "messages": [_line(each) for each in judged if keep(each)],
    }
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")


def _figures(judged: Sequence[Judged]) -> dict[str, Any]:
    names = ("product", "plain", "ratio", "product_judged", "plain_judged", "ranked")
    return {
        "count": len(judged),
        **{name: right_of(judged, aspects) for name, aspects in _ASPECTS.items()},
        "follow_ups": right_of([each for each in judged if each.is_follow_up], _ASPECTS["all"]),
        "faults": sum(each.is_fault for one in judged for each in one.verdicts),
        "ndcg": dict(zip(names, _ndcg(judged), strict=True)),
    }


def _line(each: Judged) -> dict[str, Any]:
    return {
        "id": each.turn.id,
        "text": each.turn.text,
        "content": each.answer.content,
        "constraints": each.answer.constraints,
        "act": each.answer.act,
        "shown": [f"{event.start:%Y-%m-%d %H:%M} {event.title}" for event in each.answer.shown],
        "ndcg": each.ndcg and [each.ndcg.product, each.ndcg.plain],
        "wrong": [
            {"aspect": verdict.aspect, "name": verdict.name, "fault": verdict.is_fault}
            | {"expected": verdict.expected, "got": verdict.got}
            for verdict in each.verdicts
            if not verdict.is_right
        ],
    }
