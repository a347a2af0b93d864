"""Which of the events that a conversation has shown the words point at.

"The second one", "[3]", "it", "both", "the other one", "the cheaper of them", "the one at the
library", "the jazz one", a title or a part of it. An answer is read as the list that it
showed; what a list of several showed stays there to point at when a later answer told of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from core.text import fold_name
from rag.types import ShownEvent
from rag.understanding.numbers import number, ordinal
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns, read_toml

_FILE = read_toml(__file__, "mentions.toml")
_NOUNS, _LITTLE, _ENDS = (
    frozenset(_FILE["words"][name].split()) for name in ("nouns", "little", "ends")
)
_BEST = {word: key for key, words in _FILE["best"].items() for word in words.split()}
_SLOTS = {"noun": "|".join(sorted(_NOUNS, key=len, reverse=True)), "best": "|".join(_BEST)}
_PATTERNS = compile_patterns(__file__, "patterns.toml", "mentions", **_SLOTS)
_PARTS_OF_DAY = ((12, "morning"), (17, "afternoon"), (24, "evening"))


@dataclass(frozen=True, slots=True)
class Mentions:
    """The ids that words point at, the words of a pointer that finds nothing, and where they stand.

    `described` is where the words stand that describe one which was not shown. `is_pronoun` says
    that only "it" or the like pointed, `is_list` that all of a list is meant.
    """

    ids: tuple[int, ...] = ()
    missing: str | None = None
    spans: tuple[Span, ...] = ()
    is_pronoun: bool = False
    is_list: bool = False
    described: Span | None = None

    def __bool__(self) -> bool:
        return bool(self.ids) or self.missing is not None


class Shown:
    """The events of a conversation by the answers that showed them, latest first."""

    def __init__(self, shown: Sequence[ShownEvent], *, asks_when: bool = False) -> None:
        by_answer = sorted(shown, key=lambda event: event.answers_ago)
        groups = groupby(by_answer, key=lambda event: event.answers_ago)
        self.answers = [list(events) for _, events in groups]
        self.all = by_answer
        self.asks_when = asks_when

    @property
    def listed(self) -> list[ShownEvent]:
        """The latest answer with several events, else the latest."""
        several = (answer for answer in self.answers if len(answer) > 1)
        return next(several, self.answers[0] if self.answers else [])

    @property
    def spoken_of(self) -> list[ShownEvent]:
        """What "it" means: the first of the latest answer."""
        return self.answers[0][:1] if self.answers else []

    @property
    def singles(self) -> list[ShownEvent]:
        """The different events that the answers since the last list told of, latest first."""
        told = []
        for answer in self.answers:
            if len(answer) > 1:
                break
            told.append(answer[0])
        return list({event.event_id: event for event in told}.values())

    def meant_by(self, words: str) -> list[ShownEvent]:
        """What "them" or "both" means; "they" may be those who hold the one told of last."""
        if words == "they" and self.singles:
            return self.spoken_of
        return self.group(2 if "both" in words or "two" in words else 0)

    def group(self, many: int) -> list[ShownEvent]:
        """A list of so many, else the last that were told of; a search may have found only one."""
        latest = self.answers[0] if self.answers else []
        if many and len(self.listed) != many and len(self.singles) >= many:
            return self.singles[:many][::-1]
        is_list = len(latest) > 1 or (not many and any(event.is_found for event in latest))
        return (latest if is_list else self.listed)[: many or None]

    def other(self) -> list[ShownEvent]:
        """The first of the list that was not told of since."""
        told = {event.event_id for event in self.singles}
        titles = {fold_name(event.title) for event in self.singles}
        return [
            e for e in self.listed if e.event_id not in told and fold_name(e.title) not in titles
        ]

    def following(self) -> list[ShownEvent]:
        """The one after the one that was told of last.

        Asked when, "the next one" of what takes place again is its next date; of a list that
        nothing was told of since, the first.
        """
        told = self.spoken_of if self.singles else self.listed[:1]
        if told and told[0].recurs and self.asks_when:
            return told
        ids = [event.event_id for event in self.listed]
        at = next((ids.index(e.event_id) for e in self.singles if e.event_id in ids), 0)
        return self.listed[at + 1 : at + 2] or self.spoken_of


def find_mentions(low: str, shown: Sequence[ShownEvent], whole: str = "") -> Mentions:
    """What lower-case text points at; a title counts only where nothing else points.

    `whole` is the message that the text is a part of.
    """
    asks_when = _PATTERNS["asks_when"].search(whole or low) is not None
    known = Shown(shown, asks_when=asks_when)
    ids: list[int] = []
    spans: list[Span] = []
    missing, is_list, lost = None, False, None
    for found in _PATTERNS["pointed"].finditer(low):
        meant, end = _pointed(found, known)
        words = low[found.start() : end]
        if meant is None:
            continue
        spans.append(Span(found.start(), end))
        ids.extend(event.event_id for event in meant)
        is_list = is_list or found["all"] is not None
        if not meant and missing is None:
            missing = words.strip()
            lost = Span(*found.span("what")) if found["what"] else None
    if ids or missing:
        found_ids = tuple(dict.fromkeys(ids))
        if ids:
            return Mentions(found_ids, None, tuple(spans), is_list=is_list)
        return Mentions((), missing, tuple(spans), is_list=is_list, described=lost)
    if titled := by_title(low, known):
        return Mentions(tuple(event.event_id for event in titled))
    if pronoun := _PATTERNS["pronoun"].search(low):
        meant = known.spoken_of
        span = (Span(*pronoun.span()),)
        missing = None if meant else pronoun.group()
        return Mentions(tuple(e.event_id for e in meant), missing, span, is_pronoun=True)
    return Mentions()


def _pointed(found: re.Match[str], known: Shown) -> tuple[list[ShownEvent] | None, int]:
    """The events of one pointer and where it ends; None when the words are no pointer."""
    end = found.end()
    if printed := found["number"] or found["cited"]:
        return _numbered(number(printed), known), end
    if found["side"]:
        many = number(found["many"])
        return (known.listed[-many:] if found["side"] == "last" else known.listed[:many]), end
    if nth := found["ordinal"] or found["nth"]:
        return _at_place(ordinal(nth), known), end
    if found["best"]:
        return (_best(found, known) if known.all else None), end
    if found["next"]:
        return known.following(), end
    if found["other"] or found["others"]:
        several = (found["other"] or "").endswith(("s", "two"))
        return known.other()[: None if several else 1], end
    if found["all"]:
        return known.meant_by(found["all"]), end
    if found["where"]:
        return _described_place(found, known)
    words = _telling(found["what"])
    if not words:
        return None, end
    met = described([*words, *_telling(found["noun"])], known) or described(words, known)
    is_sure = found.group().endswith((" one", " ones"))
    return (met if met or is_sure else None), end


def _numbered(wanted: int, known: Shown) -> list[ShownEvent]:
    """The event of a printed number, in the latest answer that printed it."""
    several = [answer for answer in known.answers if len(answer) > 1] or known.answers
    for answer in several:
        for event in answer:
            if event.number == wanted:
                return [event]
    return known.listed[wanted - 1 : wanted] if wanted else []


def _at_place(place: int, known: Shown) -> list[ShownEvent]:
    return known.listed[-1:] if place < 0 else known.listed[place - 1 : place]


def _best(found: re.Match[str], known: Shown) -> list[ShownEvent]:
    """The cheapest, earliest, closest or shortest of the list, of those of which it is known."""
    word, scope = found["best"], known.listed
    key = _BEST.get(word) or ("price" if " least " in found.group() else "-price")
    if word == "free":
        return [event for event in scope if event.min_price == 0][:1]
    values = [(value, event) for event in scope if (value := _value(event, key)) is not None]
    return [min(values, key=lambda each: each[0])[1]] if values else []


def _value(event: ShownEvent, key: str) -> float | None:
    value: float | None
    match key.removeprefix("-"):
        case "price":
            value = event.min_price
        case "distance":
            value = event.distance_miles
        case "start":
            value = event.start_time.timestamp() if event.start_time else None
        case _:
            is_known = event.start_time and event.end_time
            value = (event.end_time - event.start_time).total_seconds() if is_known else None  # type: ignore[operator]
    return -value if value is not None and key.startswith("-") else value


def _described_place(found: re.Match[str], known: Shown) -> tuple[list[ShownEvent], int]:
    """ "The one at the library …": the words up to those that begin a question."""
    start, words = found.start("where"), list(_PATTERNS["word"].finditer(found["where"]))
    upto = next((i for i, word in enumerate(words) if i and word.group() in _ENDS), len(words))
    kept = words[:upto]
    telling = _telling(" ".join(word.group() for word in kept))
    met = described(telling, known) if telling else []
    return met, start + kept[-1].end()


def described(words: Sequence[str], known: Shown) -> list[ShownEvent]:
    """The event that every word describes: by its title, place, tags, day or hour."""
    for events in (known.listed, known.all):
        met = [event for event in events if all(_holds(bag_of(event), word) for word in words)]
        if met:
            titled = [e for e in met if all(_holds(_words_of(e.title), word) for word in words)]
            return (titled or met)[:1]
    return []


def all_described(text: str, known: Shown) -> list[ShownEvent]:
    """The events of the latest list that every telling word of a text describes."""
    words = _telling(text)
    if not words:
        return []
    return [e for e in known.listed if all(_holds(bag_of(e), word) for word in words)]


def by_title(low: str, known: Shown, least: int = 2) -> list[ShownEvent]:
    """The event whose title stands in the text, wholly or by two words of it in a row."""
    words = [fold_name(word.group()) for word in _PATTERNS["word"].finditer(low)]
    inside = frozenset(words)
    best: tuple[int, ShownEvent] | None = None
    for event in known.all:
        title = [word for word in fold_name(event.title).split() if word not in _LITTLE]
        hits = [word for word in dict.fromkeys(title) if word in inside]
        if not hits or (best is not None and len(hits) <= best[0]):
            continue
        if len(hits) == len(set(title)) or (len(hits) >= least and _in_a_row(hits, words)):
            best = len(hits), event
    return [best[1]] if best else []


def _in_a_row(hits: Sequence[str], words: Sequence[str]) -> bool:
    at = [index for index, word in enumerate(words) if word in hits]
    return any(later - earlier <= 2 for earlier, later in pairwise(at))


@lru_cache(maxsize=2048)
def bag_of(event: ShownEvent) -> frozenset[str]:
    """The words that may describe an event: of its title, place and tags, its day and hour."""
    words = set(_words_of(" ".join((event.title, event.venue, event.city, *event.tags))))
    if event.min_price == 0:
        words.add("free")
    if event.start_time is not None:
        local = event.start_time.astimezone(ZoneInfo(event.timezone))
        words.update(f"{local:%A %B}".lower().split())
        words.add(next(part for hour, part in _PARTS_OF_DAY if local.hour < hour))
        hour = f"{local.hour % 12 or 12}"
        words.update({f"{hour}{'pm' if local.hour > 11 else 'am'}", hour, f"{hour}:{local:%M}"})
    return frozenset(words)


@lru_cache(maxsize=2048)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(fold_name(text).split())


def _telling(words: str) -> list[str]:
    return [word for word in fold_name(words).split() if word not in _LITTLE]


def _holds(bag: Iterable[str], word: str) -> bool:
    """Whether a bag has a word, or one that begins like it; a plural's "s" counts for nothing."""
    if word in bag or word.removesuffix("s") in bag or f"{word}s" in bag:
        return True
    return len(word) > 3 and any(each.startswith(word.removesuffix("s")) for each in bag)
