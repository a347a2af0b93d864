"""Words that refer to the events of the last answer: "the second one", "more like that"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.text import fold_name
from rag.types import MoreLike, ShownEvent
from rag.understanding.numbers import number, ordinal
from rag.understanding.text import Span

_ORDINAL = (
    r"(?:first|second|third|(?:four|fif|six|seven|eigh|nin|ten)th|1st|2nd|3rd|[4-9]th|10th|last"
    r"|top)"
)
_NOUN = (
    r"(?:one|event|option|result|suggestion|pick|choice|show|concert|class|workshop|gig|thing|item"
    r"|performance|talk|tour|film|movie)"
)
_END = (
    r"(?= ?(?:$|[?!.,;)]"
    r"| (?:but|in|near|on|at|this|next|and|only|for|with|under|instead|please|already|before)\b))"
)
# An ordinal with its noun, or alone at the end; a printed number; a pointing word.
_REFERENCE = (
    rf"(?:(?:the |your )?(?P<ordinal>{_ORDINAL})(?: {_NOUN}\b|{_END})"
    r"|(?:the )?(?:#|no\. ?|nr\. ?|(?:number|option|event|item|result) #?)"
    r"(?P<number>[0-9]{1,3}|one|two|three|four|five|six|seven|eight)\b"
    r"|(?:the )?(?P<several>first|last|top) (?P<many>two|three|four|five|couple|[2-9])(?: ones?)?\b"
    r"|\[(?P<cited>[0-9]{1,3})\]"
    r"|(?P<all>these|those|them|any of (?:these|those|them)|the ones (?:above|you (?:showed"
    rf"|listed)))\b{_END}"
    rf"|(?P<this>(?:that|this|it)(?: {_NOUN})?)\b{_END})"
)
_LIKE = (
    r"\b(?:(?:show me |give me |find me )?(?:any |some )?(?:more|something|anything|things|stuff"
    r"|others?|events?|ones?)(?: else| more)? )?"
    r"(?:(?:just |exactly |a bit |very )?like|similar to|comparable to|along the lines of"
    r"|in the (?:vein|style|spirit) of)"
)
_MORE_LIKE = re.compile(rf"{_LIKE} {_REFERENCE}")
_LIKE_TITLE = re.compile(rf"{_LIKE} (?=(?P<title>[^?!;]{{1,80}}))")
_NOT = (
    r"\b(?:(?:anything |something |events? |ones? )?(?:but )?(?:not|other than|besides"
    r"|except(?: for)?|apart from|aside from|excluding|without|instead of|none of"
    r"|different (?:from|than))"
    r"|(?:skip|remove|hide|leave out)"
    r"|(?:(?:i(?:'ve| have)?|we(?:'ve| have)?) |^)(?:already )?(?:seen|know|saw|did|been to)"
    r"|(?:i|we) (?:do not|don'?t) (?:like|want))"
)
_REJECTED = re.compile(rf"{_NOT} {_REFERENCE}")
_THINGS = r"(?:ones?|options?|events?|ideas?|suggestions?|results?)"
_FURTHER = re.compile(
    r"\b(?:(?:any(?:thing|one)?|something|some|what|show me (?:something|anything))"
    rf" ?(?:else|other)s?\b(?: {_THINGS})?"
    r"|(?:some|any)thing different\b(?! (?:from|than))(?= ?(?:$|[?!.,;]))"
    rf"|(?:any |some |the |show me (?:the |some )?)?(?:others|(?:different|other) {_THINGS})\b)"
)
_MORE = re.compile(
    r"^(?:(?:ok(?:ay)?|and|yes|cool|great),? )?(?:(?:can|could) you )?"
    r"(?:(?:please )?(?:show|give|list)(?: me)? |any |are there (?:any )?|got (?:any )?|see )?"
    r"(?:(?:a few |some )?more(?: (?:of (?:these|those|them|the same)|like (?:these|those|them)"
    rf"|{_THINGS}))?|the next (?:ones?|page|few)|next page)(?:,? please| then)?[ ?!.]*$"
)
_JOINING_TEXT = "the a an and with of at that this my in on for"
_JOINING = frozenset(_JOINING_TEXT.split())
_LITTLE_TEXT = f"{_JOINING_TEXT} one event show thing"
_LITTLE = frozenset(_LITTLE_TEXT.split())
_KIND = re.compile(rf" {_NOUN}\b")
_MOST_TITLE_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


# A question about one of the shown events, which does not ask for others.
_QUESTION = (
    r"(?:(?:can you )?tell me (?:more |something )?about|what (?:about|is|are)|what's|how about"
    r"|(?:any |more |the )?(?:info|information|details?|directions|tickets?) (?:on|about|for|of|to)"
    r"|wh(?:en|ere|o) (?:is|are|does|do)|where's|(?:how (?:much|long|old|far)|what time)"
    r" (?:is|are|does|do|will)|is|are|does|do"
    r"|(?:i'll|i will|let's|i want to|i'd like to) (?:take|pick|choose|book|go (?:to|with))"
    r"|how (?:do|can) (?:i|we) (?:get to|book|buy tickets for)"
    r"|(?:can|may|could|do|should) (?:i|we|my [a-z]+)"
    r"(?![^?]*\b(?:like|similar|more|others?|else|instead|cheaper|closer)\b)"
    r" [^?]{1,40}? (?:to|for|at|with|into))"
)
_ABOUT_ONE = re.compile(
    rf"^(?:(?:and|ok(?:ay)?|so),? )?{_QUESTION} (?:(?:the )?{_ORDINAL} {_NOUN}\b"
    r"|(?:the )?(?:#|no\. ?|number |option )[0-9]{1,3}\b|\[[0-9]{1,3}\]|(?:this|that) one\b"
    r"|(?:it|they)\b(?! (?:possible|ok|okay|true|too much)\b))"
)

_ABOUT_TITLE = re.compile(
    rf"^(?:(?:and|ok(?:ay)?|so),? )?{_QUESTION} (?=(?P<title>the [^?!;]{{1,80}}))"
)
# What may be asked of an event after its title.
_ASKED = re.compile(
    r" ?(?:$|[?!.,]|(?:free|on|open|sold|still|suitable|good|appropriate|ok|okay|safe|starts?"
    r"|starting|begins?|ends?|finish|costs?|cancelled|held|happening|takes? place|far|close|kid"
    r"|family|dog|wheelchair|accessible|indoors?|outdoors?|inside|outside|all ages|worth|really"
    r"|going)\b)"
)


_CLAUSES = re.compile(r"[,.!;:] |[,.!;]? (?:and|so|but) (?=wh|how|is |does )")
_POINTS = re.compile(rf"^(?:i like |ok |so )?{_REFERENCE}")


def is_about_one(low: str, shown: Sequence[ShownEvent]) -> bool:
    """Whether a message only asks about a shown event ("when does the second one end?")."""
    if not shown:
        return False
    if _ABOUT_ONE.match(low):
        return True
    first, *more = _CLAUSES.split(low)
    if _POINTS.search(first) and any(_ABOUT_ONE.match(clause) for clause in more):
        return True  # "the first one looks good, when does it start?"
    found = _ABOUT_TITLE.match(low)
    if found is None:
        return False
    for event in shown:
        met, end = _titled(found["title"], frozenset(fold_name(event.title).split()))
        if met and _ASKED.match(found["title"], end):
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
    if found := _MORE.match(low):
        return ShownWords(excluded=_ids(shown), spans=(Span(*found.span()),))
    if (found := _MORE_LIKE.search(low)) and not _is_not_alike(low, found):
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


REFERENCE = _REFERENCE


@dataclass(slots=True)
class _Rejected:
    excluded: list[int]
    spans: list[Span]


def _rejected(low: str, shown: Sequence[ShownEvent], after: int = 0) -> _Rejected:
    """The events that the words leave out, each once."""
    rejected = _Rejected([], [])
    for found in _REJECTED.finditer(low, after):
        rejected.excluded.extend(event.event_id for event in _meant(found, shown, every=True))
        rejected.spans.append(Span(*found.span()))
    for found in _FURTHER.finditer(low, after):
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
    found = _LIKE_TITLE.search(low)
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
    for word in list(_WORD.finditer(text))[:_MOST_TITLE_WORDS]:
        folded = fold_name(word.group())
        if folded in title:
            met += folded not in _JOINING
            end = word.end()
        elif folded not in _LITTLE:
            rest = text[word.start() :]
            break
        elif word.end() == len(text.rstrip(" .,")) and met:
            end = word.end()
    if kind := _KIND.match(text, end):
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
