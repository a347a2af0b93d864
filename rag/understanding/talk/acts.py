"""What a message wants done: one act, or a few for "… and …", by rules.

Talk, calendars, plans, counts and comparisons are known by their patterns (`acts.toml`); a
question about an event by what it asks (`questions.toml`) and by what it points at
(`mentions`). Everything else asks for events.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from core.text import fold_name
from rag.types import Act, ActKind, ShownEvent
from rag.understanding.talk.asked import QUESTIONS, any_of, asked, frame_of, subject_words
from rag.understanding.talk.mentions import Mentions, Shown, all_described, by_title, find_mentions
from rag.understanding.talk.pleasantries import small_talk_kind, starts_over
from rag.understanding.text import Span, moved, without
from rag.understanding.word_lists import compile_patterns, read_toml

_ACTS = read_toml(__file__, "acts.toml")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: ActKind
    value: str | None
    sure: float
    pattern: re.Pattern[str]


_RULES = tuple(
    _Rule(each["kind"], each.get("value"), each["sure"], any_of(each["patterns"]))
    for each in _ACTS["rule"]
)
_COMPARED_BY = {by: re.compile(rf"\b(?:{words})") for by, words in _ACTS["compared_by"].items()}
_NAMES_EVENT = any_of(QUESTIONS["names_event"]["patterns"])
_GENERAL = any_of(QUESTIONS["names_event"]["general"])
_ASKS_FOR = any_of(_ACTS["asks_for"]["patterns"])
_HOW_OFTEN = any_of(_ACTS["how_often"]["patterns"])
_PICKS = any_of(QUESTIONS["of_shown"]["picks"])
_CHOOSING = frozenset(QUESTIONS["of_shown"]["choosing"].split())
_PATTERNS = compile_patterns(__file__, "patterns.toml", "acts")
_OF_US = any_of(QUESTIONS["names_event"]["of_us"])
_OF_ANY_EVENT = ("other", "registration", "ages")
MOST_ACTS = 3
_LONGEST_QUESTION = 400
# What a comparison asks where only one event was shown.
_ASKS_THEN = {"price": "price", "distance": "place", "start": "time", "duration": "end"}
# A question about something lost names little else.
_MOST_BESIDE = 4


@dataclass(frozen=True, slots=True)
class ReadAct:
    """An act, and the words that only say what is to be done: the rest names the subject.

    `is_search` says that the rest holds wishes to search by, `is_repeated` that the question
    before is asked again.
    """

    act: Act
    frame: tuple[Span, ...] = ()
    is_search: bool = False
    is_repeated: bool = False


@dataclass(frozen=True)
class _Reader:
    """One conversation's side of the reading."""

    low: str
    shown: Sequence[ShownEvent]
    before: Act | None

    @cached_property
    def known(self) -> Shown:
        return Shown(self.shown)

    def part(self, low: str, offset: int, pending: Mentions) -> ReadAct | None:
        """The act of one part of a message; None for a part that may ask for events."""
        if len(low) > _LONGEST_QUESTION or not low.strip():
            return None
        if talked := small_talk_kind(low):
            return ReadAct(Act("talk", topic=talked))
        rule, frame = _rule_of(low)
        if rule is not None and rule.kind in ("talk", "decline"):
            return ReadAct(Act(rule.kind, topic=rule.value, confidence=rule.sure))
        if rule is not None and rule.value == "nearest_to":
            return self._nearest(low, offset, frame) if self.known.answers else None
        mentions = find_mentions(low, self.shown, self.low)
        if rule is not None:
            return self._by_rule(rule, low, offset, frame, mentions or pending)
        return (
            self._of_shown(low)
            or self._question(low, offset, mentions, pending)
            or self._same_again(low, offset)
        )

    def _of_shown(self, low: str) -> ReadAct | None:
        """ "Which of them is in Ephrata?": those of the list that have the property."""
        found = _PICKS.search(low)
        met = all_described(found["property"], self.known) if found else []
        if found is None or not met:
            return None
        about = "time" if found["property"].startswith("on ") else "place"
        ids = tuple(event.event_id for event in met)
        return ReadAct(Act("about", ids, about=about, question=low.strip(), confidence=0.8))

    def _nearest(self, low: str, offset: int, frame: Sequence[Span]) -> ReadAct:
        """ "Closest to Leicester?": those shown, by their distance from there."""
        ids = tuple(event.event_id for event in self.known.listed)
        act = Act("compare", ids, question=low.strip(), by="distance", confidence=0.8)
        return ReadAct(act, moved(frame, offset), is_search=True)

    def _by_rule(
        self, rule: _Rule, low: str, offset: int, frame: Sequence[Span], mentions: Mentions
    ) -> ReadAct:
        act = Act(rule.kind, question=low.strip(), topic=rule.value, confidence=rule.sure)
        if rule.kind == "compare" and _is_own_superlative(mentions, frame):
            mentions = Mentions()
        if rule.kind in ("calendar", "explain", "compare"):
            if not mentions and not subject_words(low, frame) and self.known.answers:
                several = rule.kind == "compare"
                meant = self.known.group(2 if len(self.known.singles) > 1 else 0)
                meant = meant if several else self.known.spoken_of
                mentions = Mentions(tuple(event.event_id for event in meant))
            act = replace(act, refers_to=mentions.ids, missing=mentions.missing)
        if rule.kind == "compare":
            by = next((by for by, words in _COMPARED_BY.items() if words.search(low)), None)
            act = replace(act, by=by)
            if len(act.refers_to) == 1:
                act = self._compared_with_one(act, mentions)
            only = self.known.group(0) if not subject_words(low, frame) else []
            if by in _ASKS_THEN and not act.refers_to and len(only) == 1:
                ids = (only[0].event_id,)
                return ReadAct(replace(act, kind="about", refers_to=ids, about=_ASKS_THEN[by]))
        if rule.kind == "count" and _HOW_OFTEN.search(low):
            act = replace(act, topic="times")
        if rule.kind == "count" and (mentions.ids and not mentions.is_pronoun):
            act = replace(act, refers_to=mentions.ids)
        is_search = not act.refers_to and act.missing is None and rule.kind != "explain"
        return ReadAct(act, moved(frame, offset), is_search)

    def _compared_with_one(self, act: Act, mentions: Mentions) -> Act:
        """One event pointed at is compared with the rest of its list."""
        if not mentions.is_list and not mentions.is_pronoun:
            return replace(act, refers_to=())
        group = tuple(event.event_id for event in self.known.group(2))
        return replace(act, refers_to=tuple(dict.fromkeys((*act.refers_to, *group))))

    def _question(
        self, low: str, offset: int, mentions: Mentions, pending: Mentions
    ) -> ReadAct | None:
        """A question about an event: one pointed at, named, or spoken of last."""
        about, frame = asked(low)
        if about is None:
            return None
        act = Act("about", about=about, question=low.strip(), confidence=0.9)
        if pending and (mentions.is_pronoun or not mentions):
            mentions, act = pending, replace(act, question=self.low.strip())
        elif not mentions:
            titled = by_title(without(low, frame), self.known, least=1)
            mentions = Mentions(tuple(event.event_id for event in titled))
        rest = subject_words(low, (*frame, *mentions.spans))
        if mentions.ids:
            return ReadAct(replace(act, refers_to=mentions.ids))
        if mentions.described and not mentions.ids and len(rest) < _MOST_BESIDE:
            kept = mentions.described if mentions is pending else mentions.described.moved(offset)
            outside = (Span(0, kept.start), Span(kept.end, len(self.low)))
            return ReadAct(replace(act, confidence=0.6), outside, is_search=True)
        if rest and self._names_event(low, about):
            return ReadAct(replace(act, confidence=0.7), moved(frame, offset), True)
        if mentions.missing and len(rest) < _MOST_BESIDE:
            return ReadAct(replace(act, missing=mentions.missing, confidence=0.7))
        if not rest or (about in ("other", "description", "registration") and self.shown):
            meant = tuple(event.event_id for event in self.known.spoken_of)
            if not meant and _ASKS_FOR.search(low):
                return None
            sure = 0.85 if not rest else 0.6
            act = replace(act, refers_to=meant, missing=None if meant else "it")
            return ReadAct(replace(act, confidence=sure))
        return None

    def _names_event(self, low: str, about: str) -> bool:
        """Whether a question names its event; "can I bring my dog?" is of what was shown."""
        if about in _OF_ANY_EVENT and self.known.answers and _OF_US.match(low):
            return False
        return _NAMES_EVENT.search(low) is not None and not _GENERAL.search(low)

    def _same_again(self, low: str, offset: int) -> ReadAct | None:
        """ "And the second one?", "and romeo & juliet?": the question before, of another event."""
        found = _PATTERNS["and_this"].match(low)
        if found is None or self.before is None or self.before.kind not in ("about", "count"):
            return None
        mentions = find_mentions(low, self.shown)
        if mentions.ids and not mentions.is_pronoun:
            act = replace(self.before, refers_to=mentions.ids, missing=None, subject="")
            return ReadAct(replace(act, confidence=0.8), is_repeated=True)
        if self.before.subject and self.before.kind == "count":
            frame = (Span(0, found.start("what")),)
            act = replace(self.before, refers_to=(), subject="", confidence=0.6)
            return ReadAct(act, moved(frame, offset), is_search=True)
        return None


def read_acts(
    low: str, shown: Sequence[ShownEvent], before: Act | None = None
) -> tuple[ReadAct, ...]:
    """What lower-case text wants done, in order; empty when it only asks for events.

    Args:
        low: the cleaned message.
        shown: all that the conversation showed, latest answer first.
        before: the act of the turn before, which "and the second one?" asks again.
    """
    reader = _Reader(low, shown, before)
    if starts_over(low) and len(low.split()) <= 4:
        return (ReadAct(Act("talk", topic="start_over")),)
    whole = _rule_of(low)[0]
    if whole is not None and whole.kind in ("compare", "plan", "talk", "decline", "count"):
        read = reader.part(low, 0, Mentions())
        return (read,) if read else ()
    read_parts: list[ReadAct] = []
    pending = Mentions()
    parts = _parts_of(low)
    for (part, start), (after, _) in zip_longest(parts, parts[1:], fillvalue=("", 0)):
        read = reader.part(part, start, pending)
        if read is not None and read.is_repeated and asked(after)[0] is not None:
            read = None  # "and the one after that, when": the next part asks
        if read is not None:
            read_parts.append(read)
            continue
        pointed = find_mentions(part, shown, low)
        if pointed and not pointed.is_pronoun:
            lost = pointed.described
            pending = replace(pointed, described=lost.moved(start) if lost else None)
        if _ASKS_FOR.search(part):
            read_parts.append(ReadAct(Act("find"), is_search=True))
    if not read_parts and pending and (picked := _picked(low, pending)):
        return (picked,)
    return _worth_doing(read_parts)


def _is_own_superlative(mentions: Mentions, frame: Sequence[Span]) -> bool:
    """Whether "which is the cheapest?" points by nothing but the words that ask it."""
    return (
        len(mentions.ids) == 1
        and not (mentions.is_list or mentions.is_pronoun)
        and bool(mentions.spans)
        and all(
            any(asks.start <= span.start and span.end <= asks.end for asks in frame)
            for span in mentions.spans
        )
    )


def _worth_doing(read: Sequence[ReadAct]) -> tuple[ReadAct, ...]:
    """Politeness beside a request asks for nothing; the same act twice is one."""
    real = [each for each in read if each.act.kind not in ("talk", "decline")]
    kinds = {each.act.kind for each in real}
    if kinds == {"find"}:
        return ()
    unique = {(e.act.kind, e.act.about, e.act.refers_to): e for e in real or read[:1]}
    return tuple(unique.values())[:MOST_ACTS]


def _picked(low: str, mentions: Mentions) -> ReadAct | None:
    """A pointer and nothing else asks for more about what it points at."""
    beside = fold_name(without(low, mentions.spans)).split()
    if "after" in low or "next" in low:
        return None  # "the one after that" may be a week
    if not mentions.ids or mentions.is_pronoun or not mentions.spans or set(beside) - _CHOOSING:
        return None
    return ReadAct(Act("about", mentions.ids, about="description", question=low, confidence=0.7))


def _rule_of(low: str) -> tuple[_Rule | None, tuple[Span, ...]]:
    for rule in _RULES:
        if found := rule.pattern.search(low):
            return rule, frame_of(found)
    return None, ()


def _parts_of(low: str) -> list[tuple[str, int]]:
    """The parts of a message that may each want something, with where they begin."""
    parts, start = [], 0
    for gap in _PATTERNS["parts"].finditer(low):
        parts.append((low[start : gap.start()] + gap.group()[:1].strip(" ,-"), start))
        start = gap.end()
    return [*parts, (low[start:], start)]
