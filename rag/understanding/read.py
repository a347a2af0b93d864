"""From one message to what it wants done, and the wishes in force after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from rag.types import Act, Constraints, Reading, SearchContext, ShownEvent, Slot
from rag.understanding.dates.clock import MIDNIGHT
from rag.understanding.dates.recognition import find_dates, find_times
from rag.understanding.languages.recognition import ENGLISH, Heard, hear
from rag.understanding.places.lookup import PlaceLookup
from rag.understanding.talk.acts import ReadAct, read_acts
from rag.understanding.talk.mentions import Shown
from rag.understanding.talk.pleasantries import is_nonsense
from rag.understanding.text import Utterance, without
from rag.understanding.understand import made_ready, understand
from rag.understanding.word_lists import compile_patterns, read_words

_PATTERNS = compile_patterns(__file__, "patterns.toml", "read")
_THAT_DAY = re.compile(
    r"\b(?:on )?(?:that|the same) (?:day|(?P<part>evening|night|morning|afternoon))\b",
    re.IGNORECASE,
)
_BESIDE_NAME = read_words(__file__, "spelling.toml")["beside_name"]
# What a plan is made of, and no topic of it.
_PLANNED = frozenset({"day", "evening", "night", "afternoon", "date", "trip", "itinerary", "us"})
_LONG_MESSAGE = 25
# What says when a part of a plan is to be, and not what.
_ONLY_WHEN = frozenset({"something", "anything", "early", "earlier", "late", "later", "quick"})
# What is early in an evening, or in a day, has ended after so long.
_EARLY_MINUTES = 180
_KEPT_QUERY = ("about", "calendar", "compare", "explain")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a message is read against. `before` is the act of the turn before."""

    now: datetime
    gazetteer: PlaceLookup
    context: SearchContext
    standing: Constraints | None = None
    shown: Sequence[ShownEvent] = ()
    before: Act | None = None
    server_timezone: str = "UTC"

    def hear(self, message: str) -> Heard:
        """A message in English words, whatever the language of this turn is."""
        return hear(message, before=self.standing.language if self.standing else ENGLISH)

    def understand(self, message: str) -> Constraints:
        """The wishes of a message in any known language."""
        heard = self.hear(message)
        return replace(self.wishes(heard.text), language=heard.language)

    def wishes(self, message: str) -> Constraints:
        """The wishes of English words, which may refer to the latest list."""
        return understand(
            message,
            now=self.now,
            gazetteer=self.gazetteer,
            context=self.context,
            standing=self.standing,
            shown=self.shown,
            server_timezone=self.server_timezone,
        )


def read(message: str, turn: Turn) -> Reading:
    """What a message wants done and the wishes in force, which only searches change."""
    heard = turn.hear(message)
    text, slips = made_ready(heard.text, turn.gazetteer)
    reading = _read(text, turn)
    found = reading.constraints
    found = replace(found, mended=(*slips, *found.mended), language=heard.language)
    return replace(reading, constraints=found)


def _read(message: str, turn: Turn) -> Reading:
    utterance = Utterance.of(message)
    acts = read_acts(utterance.low, turn.shown, turn.before)
    if not acts:
        return _find(message, utterance, turn)
    if acts[0].act.topic == "start_over":
        return Reading(_plain(acts), replace(turn, standing=None).wishes(""))
    searching = next((each for each in acts if each.is_search), None)
    if searching is not None and searching.act.topic == "break":
        slots = _slots(utterance.text, least=1)
        act = replace(searching.act, topic=None, slots=slots)
        return Reading((act,), turn.wishes(""))
    if searching is None:
        return Reading(_plain(acts), turn.wishes(""))
    text = without(utterance.text, [span for each in acts for span in each.frame])
    found = turn.wishes(text)
    act = _with_subject(searching.act, text, found)
    if act.kind in _KEPT_QUERY:
        found = _with_standing_query(found, turn.standing)
    elif act.kind == "count" and act.subject:
        names = (act.subject,) if act.topic == "times" else found.names
        found = replace(found, query=act.subject, names=names)
    elif act.kind == "plan" and (act.slots or found.query.lower() in _PLANNED):
        found = replace(found, query="")
    return Reading(tuple(act if each is searching else each.act for each in acts), found)


def _find(message: str, utterance: Utterance, turn: Turn) -> Reading:
    """A search; words that are none, and wish for nothing, are declined."""
    found = turn.wishes(_on_its_day(message, turn.shown))
    wished = {name for name, source in found.sources.items() if source == "message"}
    if not wished - {"query"} and is_nonsense(found.query if wished else utterance.low):
        return Reading((Act("decline", topic="nonsense", confidence=0.8),), turn.wishes(""))
    sure = 0.9 if wished else 0.5
    if len(utterance.words) > _LONG_MESSAGE:
        sure = min(sure, 0.6)
    return Reading((Act("find", confidence=sure),), found)


def _on_its_day(message: str, shown: Sequence[ShownEvent]) -> str:
    """ "That evening" after a question about an event: the evening of that event's day."""
    singles = Shown(shown).singles if shown else []
    if not singles or singles[0].start_time is None:
        return message
    day = singles[0].start_time.astimezone(ZoneInfo(singles[0].timezone))
    return _THAT_DAY.sub(lambda found: f"on {day:%Y-%m-%d} {found['part'] or ''}", message)


def _plain(acts: Sequence[ReadAct]) -> tuple[Act, ...]:
    return tuple(each.act for each in acts)


def _with_subject(act: Act, text: str, found: Constraints) -> Act:
    """The act with the words that name what it is about, its slots or what it compares."""
    wished = {name for name, source in found.sources.items() if source == "message"}
    subject = found.query if wished - {"query"} else named(text)
    if act.refers_to:
        return act
    subject = named(subject)
    if act.kind == "plan":
        return replace(act, slots=_slots(text))
    if act.kind == "compare":
        wishes = [topic for part in _PATTERNS["or"].split(text) if (topic := named(part))]
        return replace(act, slots=tuple(Slot(wish) for wish in wishes) if len(wishes) > 1 else ())
    return replace(act, subject=subject) if act.kind in (*_KEPT_QUERY, "count") else act


def named(text: str) -> str:
    """The words of a text without the little ones around them, as they are written."""
    words = text.strip(" ?!.,;:-").split()
    while words and words[0].lower().strip(",") in _BESIDE_NAME:
        words.pop(0)
    while words and words[-1].lower().strip(",?") in _BESIDE_NAME:
        words.pop()
    return " ".join(words)


def _slots(text: str, least: int = 2) -> tuple[Slot, ...]:
    """The parts of a plan in order, if so many: "something early, then a concert".

    A part that says only when may be anything; an early one is over within a few hours.
    """
    slots = []
    for part in _PATTERNS["and_then"].split(text):
        utterance = Utterance.of(part)
        times = find_times(utterance.low)
        days = find_dates(utterance.low).spans
        said = without(utterance.text, [*(each.span for each in times), *days])
        wish = named(said).strip(" ,:;")
        bound = times[0].bound if times else None
        if not wish:
            continue
        words = set(wish.lower().split())
        is_early = bound is not None and "early" in words
        if words <= _ONLY_WHEN:
            wish = ""
        hours = () if bound is None else (bound.start, bound.end)
        if bound is not None and is_early:
            hours = (bound.start, min(bound.end, bound.start + _EARLY_MINUTES))
        slots.append(Slot(wish, *map(_wall, hours)))
    return tuple(slots) if len(slots) >= least else ()


def _wall(minutes: int) -> time:
    return time(minutes % MIDNIGHT // 60, minutes % 60)


def _with_standing_query(found: Constraints, standing: Constraints | None) -> Constraints:
    """The wishes with the topic of before: a question about an event searches for nothing new."""
    sources = {name: source for name, source in found.sources.items() if name != "query"}
    if standing is None or not standing.query:
        return replace(found, query="", names=(), sources=sources)
    return replace(
        found, query=standing.query, names=standing.names, sources={**sources, "query": "session"}
    )
