"""Words that refer to the events of the last answer: "the second one", "more like that"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.text import fold_name
from rag.types import MoreLike, ShownEvent
from rag.understanding.numbers import number, ordinal
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns

_PATTERNS = compile_patterns(__file__, "patterns.toml", "references")
_JOINING = frozenset(_PATTERNS["joining_text"].pattern.split())
_LITTLE = frozenset(_PATTERNS["little_text"].pattern.split())
_MOST_TITLE_WORDS = 8


def is_about_one(low: str, shown: Sequence[ShownEvent]) -> bool:
    """Whether a message only asks about a shown event ("when does the second one end?")."""
    if not shown:
        return False
    if _PATTERNS["about_one"].match(low):
        return True
    first, *more = _PATTERNS["clauses"].split(low)
    if _PATTERNS["points"].search(first) and any(
        _PATTERNS["about_one"].match(clause) for clause in more
    ):
        return True  # "the first one looks good, when does it start?"
    found = _PATTERNS["about_title"].match(low)
    if found is None:
        return False
    for event in shown:
        met, end = _titled(found["title"], frozenset(fold_name(event.title).split()))
        if met and _PATTERNS["asked"].match(found["title"], end):
            return True
    return False


@dataclass(frozen=True, slots=True)
class ShownWords:
    """What the words say of the events shown before.

    `points` says that they point without telling at which ("more like this"),
    so that a model named by the context may be meant.
    """

    more_like: MoreLike | None = None
    points: bool = False
    excluded: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()


def read_shown(
    low: str, shown: Sequence[ShownEvent], spoken_of: Sequence[ShownEvent] = ()
) -> ShownWords:
    """The references of lower-case text to the events of the last list, in citation order.

    "That" is what was `spoken_of` last, else the first.
    """
    if found := _PATTERNS["more"].match(low):
        return ShownWords(excluded=_ids(shown), spans=(Span(*found.span()),))
    if (found := _PATTERNS["more_like"].search(low)) and not _is_not_alike(low, found):
        meant = list(spoken_of) if found["this"] and spoken_of else _meant(found, shown)
        rejected = _rejected(low, shown, after=found.end())
        if found["all"]:  # more of the same list
            meant, rejected.excluded[:] = [], _ids(shown)
        return ShownWords(
            more_like=_model(meant),
            points=found["this"] is not None,
            excluded=tuple(rejected.excluded),
            spans=(Span(*found.span()), *rejected.spans),
        )
    if titled := _like_title(low, shown):
        return titled
    rejected = _rejected(low, shown)
    return ShownWords(excluded=tuple(rejected.excluded), spans=tuple(rejected.spans))


def referred(low: str, pattern: re.Pattern[str], shown: Sequence[ShownEvent]) -> list[ShownEvent]:
    """The shown events that a pattern with `REFERENCE` in it refers to."""
    found = pattern.search(low)
    return _meant(found, shown) if found else []


REFERENCE = _PATTERNS["reference"].pattern


@dataclass(slots=True)
class _Rejected:
    excluded: list[int]
    spans: list[Span]


def _rejected(low: str, shown: Sequence[ShownEvent], after: int = 0) -> _Rejected:
    """The events that the words leave out, each once."""
    rejected = _Rejected([], [])
    for found in _PATTERNS["rejected"].finditer(low, after):
        rejected.excluded.extend(event.event_id for event in _meant(found, shown, every=True))
        rejected.spans.append(Span(*found.span()))
    for found in _PATTERNS["further"].finditer(low, after):
        rejected.excluded.extend(_ids(shown))
        rejected.spans.append(Span(*found.span()))
    rejected.excluded[:] = dict.fromkeys(rejected.excluded)
    return rejected


def _meant(
    found: re.Match[str], shown: Sequence[ShownEvent], *, every: bool = False
) -> list[ShownEvent]:
    """The shown events of a reference; with `every`, "that" is all of them."""
    printed = found["number"] or found["cited"]
    if printed:
        wanted = number(printed)
        named = [event for event in shown if event.number == wanted]
        return named or list(shown[wanted - 1 : wanted] if wanted else ())
    if found["several"]:
        many = number(found["many"])
        return list(shown[-many:] if found["several"] == "last" else shown[:many])
    if found["ordinal"]:
        place = 1 if found["ordinal"] == "top" else ordinal(found["ordinal"])
        return list(shown[-1:] if place < 0 else shown[place - 1 : place])
    return list(shown if found["all"] or every else shown[:1])


def _like_title(low: str, shown: Sequence[ShownEvent]) -> ShownWords | None:
    """ "More like the jazz night": the event whose title holds most of the words that follow."""
    found = _PATTERNS["like_title"].search(low)
    if found is None or not shown or _is_not_alike(low, found):
        return None
    best: tuple[int, int, ShownEvent] | None = None
    titles = [(frozenset(fold_name(event.title).split()), event) for event in shown]
    for words, event in titles:
        met, end = _titled(found["title"], words)
        if met and (best is None or met > best[0]):
            best = met, end, event
    if best is None:
        return None
    span = Span(found.start(), found.start("title") + best[1])
    return ShownWords(MoreLike(best[2].event_id, best[2].title), spans=(span,))


def _titled(text: str, title: frozenset[str]) -> tuple[int, int]:
    """How many telling words at the beginning of a text stand in a title, and where they end.

    One word is enough only when it is all that is said: "more like the
    puppets" may mean a title, "more like jazz in Boston" a topic.
    """
    if text.startswith(("a ", "an ")):
        return 0, 0  # "like a puppet show": any
    met = end = 0
    rest = ""
    for word in list(_PATTERNS["word"].finditer(text))[:_MOST_TITLE_WORDS]:
        folded = fold_name(word.group())
        if folded in title:
            met += folded not in _JOINING
            end = word.end()
        elif folded not in _LITTLE:
            rest = text[word.start() :]
            break
        elif word.end() == len(text.rstrip(" .,")) and met:
            end = word.end()
    if kind := _PATTERNS["kind"].match(text, end):
        rest, end = rest[kind.end() - end :].strip(), kind.end()
    is_named = text.startswith("the ") and not rest
    return (met, end) if met > 1 or (met == 1 and is_named) else (0, 0)


def _is_not_alike(low: str, found: re.Match[str]) -> bool:
    """ "I'd like that" and "I don't like the first one" ask for nothing alike."""
    before = low[: found.start()]
    return found.group().startswith("like") and bool(
        re.search(r"(?:\b(?:i|we|i'd|we'd|would|do not|don'?t|not|feel|looks?|sounds?)) $", before)
    )


def _model(meant: Sequence[ShownEvent]) -> MoreLike | None:
    return MoreLike(meant[0].event_id, meant[0].title) if meant else None


def _ids(shown: Sequence[ShownEvent]) -> tuple[int, ...]:
    return tuple(event.event_id for event in shown)
