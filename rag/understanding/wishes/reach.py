"""How far is too far, and whether one has to go there at all: "within 5 miles", "online"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.understanding.numbers import COUNT, number
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import read_patterns

MILES_PER_KM = 0.621371
_MILES_PER = {"k": MILES_PER_KM, "mile": 1.0, "mi": 1.0, "ml": 1.0}
_MILES_PER |= {"m": MILES_PER_KM / 1000, "y": 1 / 1760, "f": 1 / 5280}
# Half of the way around the earth: no place is farther.
FARTHEST_MILES = 12_500.0

_OF = r"(?: (?:of|from)(?= ))?"
# Distances named by how people get there, in miles.
_BY_WORDS = (
    (
        re.compile(rf"\b(?:in |within )?(?:an? )?(?:easy )?(?:walking distance|walkable)\b{_OF}"),
        1.0,
    ),
    (
        re.compile(
            rf"\b(?:in |within )?(?:an? )?(?:easy )?"
            rf"(?:(?:biking|cycling|bike) distance|bike?able)\b{_OF}"
        ),
        5.0,
    ),
    (re.compile(r"\b(?:in |within )?(?:an? )?short (?:drive|ride)(?: away)?\b"), 10.0),
    (re.compile(rf"\b(?:in |within )?(?:an? )?(?:easy )?driving distance\b{_OF}"), 25.0),
    (re.compile(r"\b(?:nearby|close by|close to home|around the corner)\b(?! [A-Z])"), 5.0),
    (re.compile(r"\bin (?:my|the) neighbou?rhood\b"), 2.0),
)
_MILES_AN_HOUR = {"walk": 3.0, "bike": 10.0, "ride": 10.0, "drive": 40.0, "": 30.0}

_HUNDREDS = r"(?:(?:a|one|two|three|four|five|six|eight) )?hundred"
_AMOUNT = (
    rf"(?P<amount>[0-9]{{1,5}}(?:[.,][0-9]{{1,2}})?|half an?|(?:an? )?quarter(?: of an?)?"
    rf"|{_HUNDREDS}|{COUNT})(?P<half> and a half)?"
)
# Yards and feet are written out: "2 y" and "5 f" are other things.
_UNIT = (
    r"(?P<unit>miles?|mi|mls|km|kms|kilomet(?:er|re)s?|k|met(?:er|re)s?|yards?|yds?|feet|foot|ft"
    r"|(?<=[0-9]{3})m|(?<=[0-9]{3} )m)\b\.?(?P<half2> and a half)?"
)
_WITHIN = re.compile(
    r"\b(?:within|(?:no |not )?(?:more|further|farther) than|less than|under|up to|inside|in"
    r"|at most|max(?:imum)?(?: of)?|only|about|around|closer than|make it|try|say|radius of)"
    rf"(?: about| around| roughly)? (?:a )?{_AMOUNT}[ -]?{_UNIT}(?: radius)?"
    r"(?: (?:away|or less|or so|max|tops|drive))*(?: (?:of|from|around)(?= ))?"
)
_AWAY = re.compile(
    rf"(?<![0-9.$])\b{_AMOUNT}[ -]?{_UNIT}(?: radius(?: (?:of|from|around))?"
    r"| (?:away|of|from|around|or less|max|tops|north|south|east|west|out)\b)"
)
_ALONE = re.compile(rf"^{_AMOUNT} ?{_UNIT} ?[?!.]?$")
_BY_TIME = re.compile(
    rf"\b(?:within |in |less than |under |up to |about |(?:no|not) (?:more|further|farther) than )?"
    rf"(?:a )?(?P<amount>[0-9]{{1,3}}|half(?: an?)?|{COUNT})"
    rf"[ -](?P<unit>min(?:ute)?s?|hours?|hrs?)'?s?"
    r"(?P<more> and a half)?"
    r"(?: by (?P<by>car|bike|foot)|[ -](?P<how>walk|drive|ride|bike ride)\b)?"
    r"(?P<of> (?:of|from(?! (?:[0-9]|noon|now|today|tomorrow))|away from|outside(?: of)?)(?= )"
    r"| away\b)?"
)
_BY = {"car": "drive", "bike": "bike", "foot": "walk", "bike ride": "bike"}
_ANY = re.compile(r"\bany distance\b|\b(?:the )?distance (?:doesn'?t|does not) matter\b")
_WIDER = re.compile(
    r"\b(?:(?:a (?:little|bit) )?(?:further|farther)(?: (?:out|away|afield))?|wider(?: (?:area"
    r"|radius))?|(?:expand|widen|extend) (?:the |my )?(?:search|radius|area)|bigger (?:radius"
    r"|area|circle)|(?:i can|i could|we can|we could|happy to|willing to) (?:travel|drive|go)"
    r"(?: (?:a (?:bit|little) )?(?:further|farther|more))?)\b(?! (?:than|to)\b)"
)
_CLOSER = re.compile(
    r"\b(?:(?:something|anything|a (?:little|bit)) )?(?:closer|nearer)(?: by)?\b"
    r"(?: to (?:me|us|home|here|my (?:place|house|home|hotel))\b)?(?! (?:than|look|to [a-z]))"
    r"|\b(?:(?:that|this|it)(?:'s| is)|(?:they|those|these)(?:'re| are))? ?"
    r"(?:too|not (?:so|that|as)) far(?: away| out)?\b"
)


@dataclass(frozen=True, slots=True)
class DistanceWords:
    """The distance in miles, or whether the known one is to grow (1) or to shrink (-1)."""

    miles: Wish[float]
    step: int = 0
    is_nearby: bool = False


def read_distance(low: str) -> DistanceWords:
    """What lower-case text says of the distance."""
    dropped = _ANY.search(low)
    if dropped:
        return DistanceWords(Wish(None, said=True, spans=(Span(*dropped.span()),)))
    return _in_miles(low) or _in_words(low) or _in_time(low) or _relative(low)


def _in_miles(low: str) -> DistanceWords | None:
    for pattern in (_WITHIN, _AWAY, _ALONE):
        for found in pattern.finditer(low):
            if not _is_activity(low, found):
                return DistanceWords(_wish(_miles(found), found))
    return None


def _in_words(low: str) -> DistanceWords | None:
    for pattern, miles in _BY_WORDS:
        found = pattern.search(low)
        if found:
            near = found.group() in ("nearby", "close by")
            return DistanceWords(_wish(miles, found), is_nearby=near)
    return None


def _in_time(low: str) -> DistanceWords | None:
    for found in _BY_TIME.finditer(low):
        if found["of"] or found["how"] or found["by"]:
            return DistanceWords(_wish(_miles_in(found), found))
    return None


def _relative(low: str) -> DistanceWords:
    for pattern, step in ((_WIDER, 1), (_CLOSER, -1)):
        found = pattern.search(low)
        if found:
            return DistanceWords(Wish(None, spans=(Span(*found.span()),)), step)
    return DistanceWords(Wish())


def _wish(miles: float, found: re.Match[str]) -> Wish[float]:
    return Wish(
        min(round(miles, 2 if miles >= 1 else 3) or 0.001, FARTHEST_MILES),
        said=True,
        spans=(Span(*found.span()),),
    )


def _is_activity(low: str, found: re.Match[str]) -> bool:
    """ "A 5k run" and "in a 10 mile race" are things to do, not distances."""
    rest = low[found.end() :]
    is_event = re.match(
        r"[ -](?:runs?|walks?|race|hike|ride|swim|fun run|marathon|trail|loop)\b", rest
    )
    return bool(is_event) or (
        found["unit"] == "k" and not re.search("within|radius", found.group())
    )


def _amount(words: str) -> float:
    """The value of an amount; of a comma the digits behind it are decimals."""
    if words.startswith("half"):
        return 0.5
    if "quarter" in words:
        return 0.25
    return float(words.replace(",", ".")) if words[0].isdigit() else float(number(words))


def _miles(found: re.Match[str]) -> float:
    amount = _amount(found["amount"]) + (0.5 if found["half"] or found["half2"] else 0.0)
    unit = found["unit"]
    return amount * next(miles for start, miles in _MILES_PER.items() if unit.startswith(start))


def _miles_in(found: re.Match[str]) -> float:
    amount = _amount(found["amount"]) + (0.5 if found["more"] else 0.0)
    hours = amount / (60 if found["unit"].startswith("m") else 1)
    how = found["how"] or found["by"] or ""
    return hours * _MILES_AN_HOUR[_BY.get(how, how)]


_PATTERNS = read_patterns(__file__, "patterns.toml", "attendance")

_ONLINE = re.compile(_PATTERNS["online"])
# Words that are about something sold, booked or built online, not attended there.
_NOT_ATTENDING = re.compile(_PATTERNS["not_attending"])
_DOING = re.compile(_PATTERNS["doing"])
_KEPT_WORDS = frozenset({"webinar", "webinars", "livestream", "livestreams"})
_NOT_BY = _PATTERNS["no"]
_NOT_ONLINE = re.compile(
    rf"\b{_NOT_BY}(?:online|virtual(?:ly)?|zoom|webinars?|livestreams?|remote(?:ly)?)\b"
    r"(?: (?:events?|stuff|ones|things))?"
)
_PERSON = _PATTERNS["person"]
_IN_PERSON = re.compile(rf"\b(?:only )?{_PERSON}\b(?:[ -]only)?(?: (?:ones|events?))?(?: only)?")
_NOT_IN_PERSON = re.compile(rf"\b{_NOT_BY}{_PERSON}\b")
_EITHER = re.compile(
    rf"\b(?:online|virtual|remote|zoom) ?(?:or|and|/|&|and/or|as well as) ?{_PERSON}\b"
    rf"|\b{_PERSON} ?(?:or|and|/|&|and/or|as well as) ?(?:online|virtual|remote|zoom)\b"
    r"|\b(?:either (?:way|is fine|works)|both (?:are|is) (?:fine|ok|okay))\b"
    r"|\bonline(?: ones| events?| stuff| things)?(?: is| are)? (?:too|also|as well|fine|ok|okay)\b"
    r"|\b(?:doesn'?t|does not) matter (?:if"
    r"|whether) (?:it'?s )?(?:online|virtual|in person)"
)


def read_attendance(low: str) -> Wish[bool]:
    """True for online only, False for in person only; said without a value: either."""
    if found := _EITHER.search(low):
        return Wish(None, said=True, spans=(Span(*found.span()),))
    if found := _NOT_IN_PERSON.search(low):
        return Wish(True, said=True, spans=(Span(*found.span()),))
    if found := _NOT_ONLINE.search(low):
        person = [Span(*also.span()) for also in _IN_PERSON.finditer(low)]
        return Wish(False, said=True, spans=(Span(*found.span()), *person))
    if found := _IN_PERSON.search(low):
        return Wish(False, said=True, spans=(Span(*found.span()),))
    online = [found for found in _ONLINE.finditer(low) if not _is_about_selling(low, found)]
    if not online:
        return Wish()
    spans = tuple(Span(*found.span()) for found in online if found.group() not in _KEPT_WORDS)
    return Wish(True, said=True, spans=spans)


def _is_about_selling(low: str, found: re.Match[str]) -> bool:
    if _NOT_ATTENDING.match(low, found.end()):
        return True
    return _DOING.search(low[max(0, found.start() - 30) : found.start()]) is not None
