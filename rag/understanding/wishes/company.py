"""Who it is for: ages and audiences ("my 4 year old", "18+", "kids", "seniors")."""

from __future__ import annotations

import re

from rag.types import AgeRange
from rag.understanding.numbers import SMALL_NUMBER, number
from rag.understanding.text import Span, Wish
from rag.understanding.word_lists import read_toml

OLDEST = 120

_AGE = rf"(?P<age>[0-9]{{1,3}}|{SMALL_NUMBER})"
_TO = r" ?(?:-|to|and|&|or|,) ?"
_MORE = rf"(?:{_TO}(?:[0-9]{{1,3}}|{SMALL_NUMBER})){{0,4}}"
_YEARS_OLD = r"(?:[ -]?(?:years?|yrs?)[ -]?olds?|[ -]?y/?o'?s?|[ -]?yr olds?)\b"
_WHOSE = r"(?:(?:for |with )?(?:my |our |an? |the |her |his )?)"

# "my 4 year old", "4 and 7 year olds", "5yo"
_YEARS = re.compile(
    rf"(?<![\w$.]){_WHOSE}{_AGE}(?:\.[0-9]| and a half)?"
    rf"(?:[ -]?(?:years?|yrs?)(?:[ -]olds?)?)?{_MORE}{_YEARS_OLD}"
    r"(?: and (?:up|over|older))?"
)
# "ages 6-10", "aged 7", "age 12+"
_AGED = re.compile(
    rf"\b(?:for |with )?(?:ages?|aged)(?: of)? {_AGE}{_MORE}(?:\+| and (?:up|over|older|under))?"
)
_RELATIVE = (
    r"(?:kids?|child(?:ren)?|sons?|daughters?|boys?|girls?|bab(?:y|ies)|toddlers?|teen(?:ager)?s?"
    r"|nephews?|nieces?|grand(?:son|daughter|child|children|kids?)|twins|little ones?"
    r"|(?:grand)?(?:mother|father|ma|pa|mom|mum|dad)|granny|nan|parents|husband|wife|partner|aunt"
    r"|uncle|sister|brother|friend|mom|mum|mam|dad)"
)
# "my daughter is 6", "my son turns six"
_IS = re.compile(
    rf"\b(?:he|she|they|who|i|{_RELATIVE})"
    r"(?:(?:'s| is| are|'re|'m| am)(?: just| only| almost| nearly| about| turning)?| turns"
    r"| turned| just turned| turning)"
    rf" {_AGE}{_MORE}(?= ?(?:$|[?!.,;)]| (?:and|in|on|near|this|next|so)\b))"
)
# "two kids, 5 and 8"
_CHILDREN_OF = re.compile(
    rf"\b(?:kids|children|sons|daughters|boys|girls|teens),? \(?{_AGE}{_MORE}"
    r"(?= ?(?:$|[?!.,;)]| (?:in|on|near|this|so)\b))"
)
# "18+", "21 and over", "over 21", "over 60s"
_AND_OVER = re.compile(
    r"(?<![\w$.])(?:(?P<age>1[0-9]|2[0-9]|[3-9][0-9])(?:\+|(?: and|&) (?:over|up|older|above))"
    r"|(?P<young>[2-9])(?: and|&) (?:up|older)\b)"
    r"(?! ?(?:%|miles|dollars))"
)
_OVER = re.compile(
    r"\b(?:over|above)[ -](?:the age of )?(?P<age>[1-9][0-9])(?:'?s)?\b"
    r"(?= ?(?:$|[?!.,;)]| (?:only|crowd|in|on|near|this)))"
)
_NAMED_FIRST = (_IS, _CHILDREN_OF)
_AGE_PATTERNS = (_YEARS, _AGED, *_NAMED_FIRST, _AND_OVER, _OVER)
_CHILDREN_UNDER = re.compile(
    r"\b(?P<who>kids?|children|toddlers?|little ones) (?:under|younger than|below)(?: the age of)? "
    rf"(?P<age>[0-9]{{1,2}}|{SMALL_NUMBER})\b(?! ?(?:\$|dollars|miles|[ap]m))"
)
# "12 and under" includes twelve; "under 18s" excludes eighteen.
_AND_UNDER = re.compile(r"(?<![\w$.])(?P<age>1?[0-9])(?: and|&) (?:under|younger|below)\b")
_UNDER = re.compile(r"\bunder[ -]?(?P<age>1?[0-9])(?:'?s)\b")
_MONTHS_OLD = re.compile(
    rf"(?<![\w$.]){_WHOSE}(?P<age>[0-9]{{1,2}}|{SMALL_NUMBER})"
    r"[ -]?(?:months?|mos?|weeks?)[ -]?olds?\b"
)
_GRADER = re.compile(r"\b(?:my |our |a )?(?P<grade>1st|2nd|3rd|[4-9]th|1[0-2]th)[ -]graders?\b")
_KINDERGARTNER = re.compile(r"\b(?:my |our |a )?kindergart(?:e?ner|ener)s?\b")
_ANY = re.compile(r"\b(?:any|all) ages?\b(?! (?:group|show))|\bage (?:doesn'?t|does not) matter\b")


_AGES = re.compile(rf"[0-9]{{1,3}}|\b{SMALL_NUMBER}\b")
_OPEN_ABOVE = re.compile(r"\+$| and (?:up|over|older)$")


def read_age(low: str) -> Wish[AgeRange]:
    """The ages that lower-case text names: of one person, of several, or a range."""
    if found := _ANY.search(low):
        return Wish(None, said=True, spans=(Span(*found.span()),))
    if found := _MONTHS_OLD.search(low):
        return _one(number(found["age"]) // (12 if "month" in found.group() else 52), found)
    if found := _CHILDREN_UNDER.search(low):
        span = Span(found.start("who") + len(found["who"]), found.end())
        youngers = AgeRange(None, max(0, number(found["age"]) - 1))
        return Wish(youngers, said=True, spans=(span,))
    for pattern in _AGE_PATTERNS:
        found = pattern.search(low)
        named = found and (found["age"] or found.groupdict().get("young"))
        if found and named and number(named) <= OLDEST:
            start = found.start("age") if pattern in _NAMED_FIRST else found.start()
            ages = _range(found, is_least=pattern in (_AND_OVER, _OVER))
            return Wish(ages, said=True, spans=(Span(start, found.end()),))
    for pattern, less in ((_AND_UNDER, 0), (_UNDER, 1)):
        if found := pattern.search(low):
            most = max(0, number(found["age"]) - less)
            return Wish(AgeRange(None, most), said=True, spans=(Span(*found.span()),))
    if found := _GRADER.search(low):
        return _one(int(found["grade"][:-2]) + 5, found)
    if found := _KINDERGARTNER.search(low):
        return _one(5, found)
    return Wish()


def _range(found: re.Match[str], *, is_least: bool) -> AgeRange:
    """From the youngest to the oldest that the words name; an open end is left open."""
    ages = [age for each in _AGES.findall(found.group()) if (age := number(each)) <= OLDEST]
    if is_least or _OPEN_ABOVE.search(found.group()):
        return AgeRange(min(ages))
    return AgeRange(None if found.group().endswith("under") else min(ages), max(ages))


def _one(age: int, found: re.Match[str]) -> Wish[AgeRange]:
    return Wish(AgeRange(age, age), said=True, spans=(Span(*found.span()),))


_AUDIENCES = tuple(
    (tag, re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)"))
    for tag, patterns in read_toml(__file__, "audiences.toml").items()
)
_WITHOUT = re.compile(
    r"\b(?:no|without|(?:not|nothing|isn'?t|aren'?t)(?: aimed at| meant)?(?: for)?|away from|minus)"
    r" (?:the |my |our |any |young |little |small )?(?:kids?|child(?:ren)?|toddlers|babies|families"
    r"|family)(?! friendly|-friendly)\b"
)
_FORGET = re.compile(
    r"\b(?:forget|drop|ignore|remove|never ?mind)(?: about)?(?: the| my| our)? (?P<who>[a-z]+"
    r"(?: [a-z]+)?)"
)
_NOT_JUST = re.compile(r"\bnot (?:just|only|necessarily) (?:for )?(?:the )?(?P<who>[a-z]+)")
_LEFT_HANGING = frozenset({"for", "with", "and", "the", "my", "our", "only"})
_ANYONE = re.compile(r"\b(?:for )?(?:anyone|everyone|everybody)\b(?! (?:else|know|want))")


def without_audience(query: str, audience: str) -> str:
    """A topic without the words that name an audience, nor what joined them to it."""
    pattern = next(pattern for tag, pattern in _AUDIENCES if tag == audience)
    words = pattern.sub(" ", query.lower()).split()
    kept = [word for word in query.split() if word.lower() in words]
    while kept and kept[-1].lower() in _LEFT_HANGING:
        kept.pop()
    return " ".join(kept)


def _dropped(low: str) -> Wish[str] | None:
    """ "Forget the seniors", "not just for kids": that audience is no longer wanted."""
    for pattern in (_FORGET, _NOT_JUST):
        found = pattern.search(low)
        if found and any(audience.match(found["who"]) for _, audience in _AUDIENCES):
            return Wish(None, said=True, spans=(Span(*found.span()),))
    return None


def read_audience(low: str) -> Wish[str]:
    """The audience that lower-case text names; its words stay in the topic."""
    if dropped := _dropped(low):
        return dropped
    if found := _WITHOUT.search(low):
        return Wish("adults", said=True, spans=(Span(*found.span()),))
    for tag, pattern in _AUDIENCES:
        if pattern.search(low):
            return Wish(tag, said=True)
    anyone = _ANYONE.search(low)
    return Wish(None, said=True, spans=(Span(*anyone.span()),)) if anyone else Wish()


# Whole years, both ends included.
AUDIENCE_AGES = {
    "babies": (0, 1),
    "toddlers": (1, 3),
    "kids": (3, 11),
    "tweens": (9, 12),
    "teens": (13, 17),
    "students": (16, 30),
    "adults": (18, 130),
    "seniors": (60, 130),
}


def age_suits(audience: str, age: AgeRange) -> bool:
    """Whether somebody of these ages may belong to an audience."""
    youngest, oldest = AUDIENCE_AGES.get(audience, (0, 130))
    return (age.min or 0) <= oldest and (age.max is None or age.max >= youngest)
