"""Reads for which ages an event is, from explicit words of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from events.ingestion.enrich.clues import Clue, fold, remembered
from events.ingestion.enrich.evidence import bounded, excerpt

OLDEST = 110
_TO = r"\s*(?:-|–|—|to|through|thru|and up to)\s*"
_UNIT = r"(?:\s*(?P<{0}>months?|mos?\b\.?|m\b|years?|yrs?\b\.?|y\b)(?:\s*old)?)?"
_LOW_UNIT, _HIGH_UNIT = _UNIT.format("low_unit"), _UNIT.format("high_unit")
# Feeds glue lines together: "Show 8pmAges: 12+".
_START = r"(?:\b|(?-i:(?<=[a-z0-9])(?=A)))"
_AGES = rf"{_START}age[sd]?\s*:?\**\s*(?:range\s*:?\s*)?"

# "21+ makers" and "50+ years of radio" count things; "21+ guests" are of an age.
_NO_COUNT = (
    r"(?!\s*(?:years?\b(?!\s*(?:old|of age|and|or|\+))|hours|minutes|miles|(?:[a-z]+ )?"
    r"(?!years\b|adults\b"
    r"|seniors\b|singles\b|ages\b|guests\b|ladies\b|folks\b|players\b|women'?s\b|men'?s\b"
    r"|events\b|classes\b|nights\b|class\b|this\b|is\b|access\b|bonus\b|pass\b|unless\b|plus\b"
    r"|kids\b|attendees\b|patrons\b|persons\b|participants\b|members\b|tickets\b|doors\b|shows\b"
    r"|was\b|has\b|as\b|its\b|yes\b|parents\b|friends\b|others\b|customers\b|audiences\b|drinks\b)"
    r"(?-i:[a-z]{3,}s)\b))"
)

# One of these stands in whatever is said of ages.
_HINT = re.compile(r"\d|age|grade")
# What every match of it holds, from its first plain letter on.
_AGED = re.compile(r"age[sd]?\s*:?\**\s*(?:range\s*:?\s*)?\d")

_RANGES = (
    # "ages 5-12", "ages 18 mos.-2 yrs."
    Clue(rf"{_AGES}(?P<low>\d{{1,2}}){_LOW_UNIT}{_TO}(?P<high>\d{{1,2}}){_HIGH_UNIT}", _AGED),
    # "ages 4,5,6"
    Clue(
        rf"{_AGES}(?P<low>\d{{1,2}}),{_LOW_UNIT}\s?(?:\d{{1,2}},\s?)*(?:and |& )?"
        rf"(?P<high>\d{{1,2}}){_HIGH_UNIT}",
        ",",
        _AGED,
    ),
    # "0-5 years old", "birth to 36 months"
    Clue(
        rf"(?<![\d$.:/-])\b(?P<low>\d{{1,2}}|birth|newborns?){_LOW_UNIT}{_TO}(?P<high>\d{{1,2}})"
        r"\s*(?P<high_unit>months? old|years? olds?|yrs?\.? old|year[- ]olds?)",
        "old",
        re.compile(r"(?:month|year|yr)s?\.?[- ]old"),
    ),
    # Months that are not called old count only where it is about the little ones.
    Clue(
        r"(?:(?:child(?:ren)?|bab(?:y|ies)|toddlers?|infants?|ones|time)\s*[(:,]?\s*(?=\d)"
        r"|\b(?=birth|newborn))(?P<low>\d{1,2}|birth|newborns?)"
        rf"{_LOW_UNIT}{_TO}(?P<high>\d{{1,2}})"
        r"\s*(?P<high_unit>months?|mos\b\.?)",
        "month|mos",
        "child|bab|toddler|infant|ones|time|birth|newborn",
    ),
)
_AT_LEAST = (
    Clue(
        rf"{_AGES}(?P<low>\d{{1,2}})(?:\s*(?:years?|yrs?\.?))?(?:\s*old)?\s*"
        r"(?:\+|and (?:up|over|older|above)|& (?:up|over|older|above)|or (?:older|over)|plus\b)",
        "+|up|over|older|above|plus",
        _AGED,
    ),
    Clue(
        rf"(?<![\d$.:/-])(?<!over )(?<!than )\b(?P<low>18|19|21)\s*(?:\+(?!\d){_NO_COUNT}"
        r"|(?:and|&) (?:over|up|older)\b"
        r"|or (?:older|over)\b|years (?:of age )?(?:and|or) (?:over|older)\b)",
        "18|19|21",
        "+|over|up|older",
    ),
    Clue(r"\bmust be (?:at least )?(?P<low>18|19|21)\b", "must be"),
    Clue(
        r"(?<![\d$.:/-])(?<!over )(?<!than )\b(?P<low>5[05]|6[0-5])\s*"
        rf"(?:\+(?!\d){_NO_COUNT}|and (?:over|older)\b|years (?:and|or) older)",
        "+|over|older",
        "50|55|60|61|62|63|64|65",
    ),
)
_AT_MOST = (
    Clue(
        rf"{_AGES}(?P<high>\d{{1,2}}){_HIGH_UNIT}\s*(?:and|&|or) (?:under|younger|below)",
        "under|younger|below",
        _AGED,
    ),
    Clue(
        r"\b(?:children|kids|babies|toddlers|little ones)\s+(?:aged? )?up to (?:age )?"
        rf"(?P<high>\d{{1,2}}){_HIGH_UNIT}",
        "up to",
    ),
)
_ALL_AGES = Clue(
    r"\b(?:all[- ]ages|any age|ages? \(all\))\b(?! of\b)", "all ages|all-ages|any age|(all)"
)
_ALL_AGES_PHRASE = re.compile(
    r"(?:\b(?:for|open to|welcomes?|of|suitable for|fun for)|[|(\[•–-])\s*all[- ]ages\b"
    r"|^all[- ]ages\b|\ball ages (?:welcome|show|event|are welcome)\b|all[- ]ages\s*(?:[|)!\].]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_GRADES = Clue(
    r"\bgrades?\s*:?\s*(?P<low>pre-?k|tk|k|\d{1,2})(?:st|nd|rd|th)?"
    r"(?:(?:\s*(?:-|–|—|to|through|&|and)\s*)(?P<high>k|\d{1,2})(?:st|nd|rd|th)?)?(?!\d)"
    r"(?P<up>\s*(?:\+|and up|& up))?",
    "grade",
)
# What "ages …" says of a discount or of who must bring an adult is no limit.
_ASIDE_BEFORE = re.compile(
    r"(?:free for|under|discount\w* for|half[- ]price for|\$\d+)[^.;!|\n]{0,18}$", re.IGNORECASE
)
_ASIDE_AFTER = re.compile(
    r"^[\s,:)–-]*(?:(?:are |is |get in |always |may attend )?free\b"
    r"|(?:must|need to) be accompanied|half[- ]price|\$\d|require a parent)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ages:
    """`text` for people; whole years, both ends included; None where there is no bound.

    `evidence` are the words that they were read from.
    """

    text: str = ""
    lowest: int | None = None
    highest: int | None = None
    evidence: str = field(default="", compare=False)


@remembered
def read_ages(title: str, description: str, stated: str = "") -> Ages:
    """The ages by a field of their own, else by the title, else by the description."""
    if stated.strip():
        return replace(_stated(stated.strip()), evidence=bounded(stated))
    for text in (title, description):
        for found in _candidates(text):
            if _plausible(found):
                return found
    return Ages()


def _stated(text: str) -> Ages:
    """A field that is only about ages: "5-12", "18+", "Ages 3 and up"."""
    for found in _candidates(
        text if re.match(r"(?i)\s*(?:ages?|grades?|all)", text) else f"ages {text}"
    ):
        if _plausible(found):
            return Ages(text[:100], found.lowest, found.highest)
    if match := re.fullmatch(r"\s*(\d{1,2})\s*[-–]\s*", text):  # schema.org: "18-"
        return Ages(text[:100], int(match[1]))
    return Ages(text[:100])


def _plausible(ages: Ages) -> bool:
    if ages.lowest is not None and ages.highest is not None:
        return ages.lowest <= ages.highest <= OLDEST
    return True


def _candidates(text: str) -> Iterator[Ages]:
    folded = fold(text)
    if not _HINT.search(folded):
        return
    for clue in _RANGES:
        for match in _apart(clue, text, folded):
            high_unit = match["high_unit"] or ""
            low = _years(match["low"], match["low_unit"] or high_unit)
            high = _years(match["high"], high_unit or match["low_unit"] or "")
            yield Ages(_written(match), low, high, excerpt(text, *match.span()))
    for clue in _AT_LEAST:
        for match in _apart(clue, text, folded):
            yield Ages(_written(match), int(match["low"]), None, excerpt(text, *match.span()))
    for clue in _AT_MOST:
        for match in _apart(clue, text, folded):
            high = _years(match["high"], match["high_unit"] or "")
            yield Ages(_written(match), 0, high, excerpt(text, *match.span()))
    for match in _apart(_GRADES, text, folded):
        yield replace(_of_grades(match), evidence=excerpt(text, *match.span()))
    if _ALL_AGES.search(text) and (phrase := _ALL_AGES_PHRASE.search(text)):
        yield Ages("All ages", 0, None, excerpt(text, *phrase.span()))


def _apart(clue: Clue, text: str, folded: str) -> Iterator[re.Match[str]]:
    """Matches that are about the event itself."""
    for match in clue.finditer(text, folded):
        before = text[max(0, match.start() - 30) : match.start()]
        if not _ASIDE_BEFORE.search(before) and not _ASIDE_AFTER.match(text[match.end() :][:40]):
            yield match


def _years(number: str, unit: str) -> int:
    if not number.isdigit():
        return 0
    return int(number) // 12 if unit.lower().startswith("m") else int(number)


def _written(match: re.Match[str]) -> str:
    text = " ".join(match[0].split())
    return (text[:1].upper() + text[1:])[:100]


def _of_grades(match: re.Match[str]) -> Ages:
    """US school grades: kindergarten begins at five, and a grade spans two ages."""
    low = _age_in_grade(match["low"])
    if match["up"]:
        return Ages(_written(match), low)
    high = _age_in_grade(match["high"] or match["low"]) + 1
    return Ages(_written(match), low, high)


def _age_in_grade(grade: str) -> int:
    if grade.isdigit():
        return int(grade) + 5
    return 5 if grade.lower() == "k" else 4
