"""Holidays that people ask for by name, and the day each falls on."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from rag.understanding.dates.clock import EVENING, MIDNIGHT, Clock, Period, days
from rag.understanding.dates.rules.rule import Rule

DayOfYear = Callable[[int], date]


def _fixed(month: int, day: int) -> DayOfYear:
    return lambda year: date(year, month, day)


def _nth(weekday: int, nth: int, month: int) -> DayOfYear:
    """The nth weekday of a month; the last one when `nth` is -1."""

    def find(year: int) -> date:
        weeks = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
        return date(year, month, weeks[nth if nth < 0 else nth - 1])

    return find


def _after(base: DayOfYear, offset: int) -> DayOfYear:
    return lambda year: base(year) + timedelta(days=offset)


_THANKSGIVING = _nth(calendar.THURSDAY, 4, 11)

_MOTHERS = _nth(6, 2, 5)
_FATHERS = _nth(6, 3, 6)
_MOTHERING_SUNDAY = _after(easter, -21)
_LAST_SUNDAY_OF_MAY = _nth(6, -1, 5)
_LABOR = _nth(0, 1, 9)
_FIRST_OF_MAY = _fixed(5, 1)
_AUSTRALIAN_FATHERS = _nth(6, 1, 9)
_ST_JOSEPH = _fixed(3, 19)

# Where a holiday of one name falls on another day, by country.
_ELSEWHERE: dict[DayOfYear, dict[str, DayOfYear]] = {
    _MOTHERS: {
        "GB": _MOTHERING_SUNDAY,
        "IE": _MOTHERING_SUNDAY,
        "FR": _LAST_SUNDAY_OF_MAY,
        "SE": _LAST_SUNDAY_OF_MAY,
        "ES": _nth(6, 1, 5),
        "PT": _nth(6, 1, 5),
        "NO": _nth(6, 2, 2),
        "MX": _fixed(5, 10),
        "PL": _fixed(5, 26),
    },
    _FATHERS: {
        "AU": _AUSTRALIAN_FATHERS,
        "NZ": _AUSTRALIAN_FATHERS,
        "DE": _after(easter, 39),
        "IT": _ST_JOSEPH,
        "ES": _ST_JOSEPH,
        "PT": _ST_JOSEPH,
    },
    _THANKSGIVING: {"CA": _nth(calendar.MONDAY, 2, 10)},
    _LABOR: {
        **dict.fromkeys(("GB", "IE", "DE", "FR", "ES", "IT", "AT", "MX", "BR"), _FIRST_OF_MAY),
        "NZ": _nth(calendar.MONDAY, 4, 10),
    },
}

# Each name as a pattern over lower-case text, and the day of a year.
_HOLIDAYS: tuple[tuple[str, DayOfYear], ...] = (
    (r"new year'?s'? eve|nye", _fixed(12, 31)),
    (
        r"(?<!chinese )(?<!lunar )(?<!jewish )(?<!persian )(?<!vietnamese )"
        r"new year(?:'?s'?)?(?: day)?(?! (?:resolution|eve))|1st of the year",
        _fixed(1, 1),
    ),
    (r"christmas eve|xmas eve", _fixed(12, 24)),
    (r"(?:christmas|xmas)(?: day)?(?! eve| valley)", _fixed(12, 25)),
    (r"boxing day", _fixed(12, 26)),
    (r"thanksgiving(?: day)?(?! eve)", _THANKSGIVING),
    (r"thanksgiving eve", _after(_THANKSGIVING, -1)),
    (r"black friday", _after(_THANKSGIVING, 1)),
    (r"small business saturday", _after(_THANKSGIVING, 2)),
    (r"cyber monday", _after(_THANKSGIVING, 4)),
    (r"giving tuesday", _after(_THANKSGIVING, 5)),
    (r"halloween(?: night| day)?", _fixed(10, 31)),
    (r"valentine'?s?'?(?: day)?", _fixed(2, 14)),
    (r"(?:st|saint)\.? patrick'?s?'?(?: day)?|st\.? paddy'?s(?: day)?", _fixed(3, 17)),
    (r"groundhog day", _fixed(2, 2)),
    (r"april fool'?s'?(?: day)?", _fixed(4, 1)),
    (r"earth day", _fixed(4, 22)),
    (r"cinco de mayo", _fixed(5, 5)),
    (r"juneteenth", _fixed(6, 19)),
    (r"(?:the )?(?:4th|fourth) of july|july (?:4th|fourth)|independence day", _fixed(7, 4)),
    (r"veterans'? day|veteran's day|remembrance day", _fixed(11, 11)),
    (r"guy fawkes(?: night| day)?|bonfire night", _fixed(11, 5)),
    (r"day of the dead|dia de los muertos|día de los muertos|all saints'? day", _fixed(11, 1)),
    (r"all souls'? day", _fixed(11, 2)),
    (r"canada day", _fixed(7, 1)),
    (r"bastille day", _fixed(7, 14)),
    (r"australia day", _fixed(1, 26)),
    (r"anzac day", _fixed(4, 25)),
    (r"waitangi day", _fixed(2, 6)),
    (r"st\.? george'?s day", _fixed(4, 23)),
    (r"st\.? andrew'?s day", _fixed(11, 30)),
    (r"(?:st\.? nicholas'?(?:s)? day|nikolaus(?:tag)?|sinterklaas)", _fixed(12, 6)),
    (r"burns night", _fixed(1, 25)),
    (r"may day", _FIRST_OF_MAY),
    (r"(?:winter )solstice", _fixed(12, 21)),
    (r"(?:summer )solstice|midsummer(?:'?s)?(?: day| eve)", _fixed(6, 21)),
    (r"silvester(?:abend)?(?! stallone)", _fixed(12, 31)),
    (r"super ?bowl sunday", _nth(6, 2, 2)),
    (r"epiphany|three kings'? day", _fixed(1, 6)),
    (r"whit sunday|pentecost(?: sunday)?", _after(easter, 49)),
    (r"whit monday", _after(easter, 50)),
    (r"maundy thursday", _after(easter, -3)),
    (r"shrove monday|rosenmontag", _after(easter, -48)),
    (r"international women'?s'? day", _fixed(3, 8)),
    (
        r"(?:mlk|martin luther king)(?:,? jr\.?)?(?:'s)?(?: day|(?= (?:long )?weekend))",
        _nth(0, 3, 1),
    ),
    (r"president'?s'?(?: day|(?= weekend))", _nth(0, 3, 2)),
    (r"mother'?s'? day|mothering sunday", _MOTHERS),
    (r"memorial(?: day|(?= weekend))", _nth(0, -1, 5)),
    (r"father'?s'? day", _FATHERS),
    (r"labou?r day", _LABOR),
    (r"indigenous people'?s'? day|columbus day", _nth(0, 2, 10)),
    (r"easter(?: sunday)?(?! (?:monday|eve))", easter),
    (r"easter monday", _after(easter, 1)),
    (r"good friday", _after(easter, -2)),
    (r"palm sunday", _after(easter, -7)),
    (r"ash wednesday", _after(easter, -46)),
    (r"mardi gras|fat tuesday|shrove tuesday", _after(easter, -47)),
)
# One pattern for all of them; a group a holiday tells which one was named.
_ANY = "|".join(f"(?P<h{index}>{names})" for index, (names, _) in enumerate(_HOLIDAYS))
# "Christmas carols" or "Halloween costumes" is a topic: the day alone must be meant.
_TOPIC = (
    r"(?! (?:carols?|caroling|trees?|lights?|music|markets?|songs?|costumes?|movies?|themed"
    r"|shows?|concerts?|crafts?|cookies?|decorations?|stor(?:y|ies)|shopping|bazaars?|plays?"
    r"|ornaments?|wreaths?|fairs?|season|jazz|pageants?|village|sing|films?|ballet|cards?"
    r"|baking|gifts?|traditions|egg|eggs|candy|spectacular))"
)
_PATTERN = re.compile(rf"(?<![\w'])(?:{_ANY})(?P<weekend> (?:long )?weekend)?(?!\w)(?!'s){_TOPIC}")


def _evaluate(found: re.Match[str], clock: Clock) -> Period:
    """The nearest day of the holiday, today included; or the weekend around it."""
    groups = found.groupdict()
    index = next(i for i in range(len(_HOLIDAYS)) if groups[f"h{i}"] is not None)
    day_of = _HOLIDAYS[index][1]
    day_of = _ELSEWHERE.get(day_of, {}).get(clock.country_code or "", day_of)
    day = min(d for y in (0, 1) if (d := day_of(clock.today.year + y)) >= clock.today)
    if groups["weekend"]:
        return _weekend_around(day, clock)
    return days(clock, day, day, repeats=True)


def _weekend_around(day: date, clock: Clock) -> Period:
    """The long weekend of a holiday: Friday evening to Sunday, and the day itself next to it.

    A Monday or Thursday holiday belongs to its weekend; one in the middle of
    the week has the weekend that follows it.
    """
    friday = day + timedelta(days=-3 if day.weekday() == calendar.MONDAY else 4 - day.weekday())
    begins = clock.moment(friday, EVENING)
    if day.weekday() == calendar.THURSDAY:
        begins = clock.moment(day)
    last = max(day, friday + timedelta(days=2))
    return Period(begins, clock.moment(last, MIDNIGHT), repeats=True)


RULES: tuple[Rule, ...] = (Rule(_PATTERN, _evaluate),)
