"""Reads what an event costs, from explicit words of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from events.ingestion.enrich.clues import Clue, fold, remembered
from events.ingestion.enrich.evidence import bounded, excerpt
from events.ingestion.written.numbers import amounts_in, read_number

_MAX_TEXT = 300
_MAX_CHUNKS = 4
# A number beyond this in an event's text is a sum raised or a prize.
_MOST = Decimal(5000)

_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d+(?:\.\d{2})?"
_KIND = (
    r"(?P<kind>\s*(?:/|per |a |an |each\b|in |at |for )?\s*(?:the )?"
    r"(?:advance|adv\b|presale|door|person|class|session|ticket|seat|couple|family|adults?"
    r"|students?|seniors?|children|kids|members?|non-?members?|general(?: admission)?|admission"
    r"|entry|cover|registration|suggested(?: donation)?|donation|sliding scale|fee\b(?! for)"
    r"|pro person|p\.\s?p\.|par personne|por persona|a persona|per persoon|ermäßigt|erm\.))?"
)
_MONEY = Clue(
    rf"(?:US\$|[$£])\s?(?P<sums>(?:{_AMOUNT})"
    rf"(?:\s*(?:-|–|—|/|to)\s*[$£]?\s?(?:{_AMOUNT})(?![\d/]))*)"
    rf"{_KIND}",
    "$|£",
)
# With a decimal comma, the sign before or behind the sum: "7,50 €", "€ 12,-", "120 kr".
_SUM = r"\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,\d{2})?(?!\d)|\d+(?:[.,]\d{1,2}(?!\d))?"
_SUMS = rf"(?:{_SUM})(?:,[-–—])?(?:\s*(?:-|–|—|/|bis|à|to)\s*€?\s?(?:{_SUM}))*"
_SIGN = r"€|EUR|Euros?|CHF|Fr\.|kr\.?|SEK|NOK|DKK|zł|PLN|Kč|CZK|Ft|HUF|dollars?|USD|CAD|AUD|GBP"
_OTHER_MONEY = Clue(
    rf"(?<![\d.,$£€])(?:(?:€|\bEUR|\bCHF)\s?(?P<sums>{_SUMS})"
    rf"|(?P<sums_before>{_SUMS})\s?(?:{_SIGN})(?![^\W\d_]))"
    rf"{_KIND}",
    "€|eur|chf|fr.|kr|sek|nok|dkk|zł|pln|kč|czk|ft|huf|dollar|usd|cad|aud|gbp",
    re.compile(
        r"\d[\s,–—-]{0,4}(?:€|eur|chf|fr\.|kr|sek|nok|dkk|zł|pln|kč|czk|ft|huf|dollar|usd|cad|aud"
        r"|gbp)|(?:€|\beur|\bchf)\s?\d"
    ),
)
_BEFORE = re.compile(
    r"(?:cost|costs|fees?|price[sd]?|tickets?|admission|cover|tuition|registration|entry|entrance"
    r"|donations?|contribution|suggested|starting at|sliding scale|only|non-?members|members"
    r"|adults?|general|advance|door|students?|seniors?|per person"
    # The same in German, French, Spanish, Italian, Portuguese, Dutch and the Nordic languages.
    r"|eintritt|preise?|kosten|teilnahmegebühr|gebühr|vorverkauf|vvk|abendkasse|ak|ermäßigt|erwachsene"
    r"|entrée|tarifs?|plein tarif|prix|billets?|precio|entradas?|coste|prezzo|ingresso|bigliett[oi]"
    r"|intero|ridotto|preço|bilhetes?|toegang|entree|prijs|kaart(?:jes)?|pris|entré|biljett(?:er)?"
    r"|bilety|wstęp|vstupné)\b"
    r"[\s:*=\-–—|(]*(?:for [\w ]{1,20})?(?:[\w ]{0,15}\b(?:is|are)\s*)?"
    r"(?:(?:is|are|from|of|at|only|starting at|just|:)\s*)*[*(]*$",
    re.IGNORECASE,
)
_NEVER_BEFORE = re.compile(
    r"(?:\+|\bplus\b|material\w*(?: fee)?:?|suppl(?:y|ies)(?: fee)?:?|raised?|over|win|worth|save"
    r"|up to|parking(?: is)?:?|value[d]?(?: at)?|prizes?:?|discount(?: of)?|receive|gift|minimum"
    r"|deposit(?: of)?|budget(?: of)?|salary|scholarships?|grants?|reward)"
    r"\s*(?:of |a |an |your )?[*(]*$",
    re.IGNORECASE,
)
_NEVER_AFTER = re.compile(
    r"\**\s*(?:(?:off|gift|value|beers?|wines?|pints?|drafts?|drinks?|cocktails?|martinis?|burgers?"
    r"|tacos?|pizzas?|wells?|bags?|glass|bottle|rewards?|prizes?|scholarships?|grants?|million|k|m"
    r"|billion|thousand|credit|coupon|discount|savings?|in prizes|per inch|material|suppl(?:y|ies)"
    r"|clay|studio fee|parking|fine|raised|donated|deposit|meal|plate|lunch|dinner|snacks?"
    r"|margaritas?|mimosas?|shots?|slices?|wings?|specials?|new member"
    r"|/\s*(?:glass|hour|lb|pound|bottle|inch))\b|\d/\d)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^[\s*|•·-]*$")
# "Saturday 1 – 3 pm, $40"
_AFTER_CLOCK = re.compile(r"\d\s*[ap]\.?m\.?\s*[,.|]?\s*$", re.IGNORECASE)

_NOT_A_THING = r"(?!(?:for|with|from|of|to|parking|food|popcorn|play)\b)"
_FREE_THINGS = (
    r"(?:admission|entry|entrance|event|concert|shows?|performance|class(?:es)?|workshops?|program"
    r"|lecture|talk|screening|movie|film|festival|tours?|seminar|session|series|exhibit(?:ion)?"
    r"|live music|comedy|family fun|community event|attendance|open house|clinic)"
)
# In a title they are the event itself; in a description they may come with one that costs.
_FREE_TITLE = Clue(
    r"(?<![-\w])free(?:,? (?!(?:for|with|from|of|to|play|food|parking)\b)[\w-]+,?){0,3}?"
    r" (?:concerts?|shows?|clinics?|lessons?|screenings?|practice|yoga|zumba|meditation"
    r"|improv jam|music jam|training|webinars?|tutoring|health fair|support group)\b",
    "free",
)
_FREE = Clue(
    r"(?:cost|price|fee|admission|entry|tickets?|registration|attendance)\s*"
    r"(?::|=|-|–|is|are)+\s*"
    r"(?:always\s+|completely\s+|totally\s+)?\**free\b"
    rf"|(?<![-\w])free(?:,? {_NOT_A_THING}[\w-]+,?){{0,2}}? {_FREE_THINGS}\b"
    r"|\b(?:is|are|events?|classes?|programs?|totally|completely|always)\s+(?:\w+\s+)?\**free\**"
    r"(?:\s+(?:and|to)\s+(?:open|attend|(?:the )?public|all|everyone|join|enjoy|anyone)\b"
    r"|\s+of charge|\s+for (?:all|everyone|the public)|\s*(?:[.,!;)]|$))"
    r"|\bcategories:[^\n]*, free\b"
    r"|(?<![-\w])free (?:and|&) (?:open|family[- ]friendly)"
    r"|(?<![-\w])free (?:to attend|to the public|of charge|for all(?! \w)|for everyone|and public)"
    r"|\b(?:no cover|no charge|no admission|without charge|at no cost|free of cost|no cost to)\b"
    r"|[(\[]free!*[)\]]|(?:^|[.!|•\n]\s{0,3})\**free!*\**(?:\s{0,3}[.!|•\n]|$)"
    # The same where it is said in other languages.
    r"|\b(?:eintritt|zutritt|teilnahme)(?: ist)?(?::| |\s-)\s?(?:frei|kostenlos|kostenfrei)\b"
    r"|\b(?:freier eintritt|kostenlose (?:teilnahme|veranstaltung)|der eintritt ist frei)\b"
    r"|\b(?:entrée|accès|participation|événement|spectacle)(?: est)? (?:libre|gratuite?)\b"
    r"|\b(?:entrada|acceso|ingreso|evento|inscripción|participação|ingresso)(?: es| é)?:?"
    r" (?:gratuit[ao]|gratis|grátis|libre|livre|franca)\b"
    r"|\b(?:ingresso|accesso|entrata|partecipazione)(?: è)? (?:liber[oa]|gratuit[oa])\b"
    r"|\b(?:gratis (?:toegang|entree|toegankelijk)|(?:toegang|entree)(?: is)? (?:gratis|vrij))\b"
    r"|\b(?:wstęp (?:wolny|bezpłatny)|вход (?:свободный|бесплатный)|бесплатный вход)\b"
    r"|(?:入場|参加|観覧)(?:料)?(?:は)?無料|免费(?:入场|参加|参观)|免費(?:入場|參加|參觀)",
    "free|no cover|no charge|no admission|no cost|without charge|frei|kostenlos|gratuit|libre"
    "|gratis|grátis|livre|franca|liber|vrij|wolny|bezp|свобод|бесплат|無料|免费|免費",
)
_NOT_FREE = re.compile(
    r"^[\s*]*(?:parking|wi-?fi|food|popcorn|refreshments|snacks?|drinks?|if |when "
    r"|for (?:members|kids|children|students|under|ages|seniors|youth|those|\w+ members)"
    r"|for (?:library|\w+ residents)|with (?!rsvp|registration)\w+"
    r"|(?:für|bis|pour|para|jusqu|hasta|até|per|fino|voor|tot|для|do|dla)"
    r" (?!alle|tous|toutes|todos)"
    r"(?!todas|tutti|iedereen|всех|completar|esaurimento)\w+)",
    re.IGNORECASE,
)
# Who gets in free, said before it: "12 and under are free".
_SOME_BEFORE = re.compile(
    r"(?:\b(?:under|younger|below|(?<!for )(?:kids|children|students|seniors|youth|teens|veterans)"
    r"|members?|residents?|toddlers?|infants?|babies|military|cardholders|\d{1,2})\b"
    r"(?:\s*\([^)]{0,30}\))?"
    r"|\b(?:parking|shuttles?|wi-?fi|popcorn|snacks?|refreshments|coffee|food|drinks?|skates?"
    r"|first (?:visit|class|time|session|lesson)|childcare|child care))\s*[:–-]?\s*$",
    re.IGNORECASE,
)
_SAID_OF = re.compile(r"(?:is|are|always|totally|completely|free)\b", re.IGNORECASE)
# Admission that is free may be so for some alone.
_ADMISSION = re.compile(r"admission|entry|entrance|tickets?", re.IGNORECASE)
_SOME_AFTER = re.compile(
    r"^[^.!;\n]{0,30}\bfor (?:the )?(?:first\b|(?:all )?(?:members|kids|children|students|under"
    r"|ages|seniors|youth|veterans|military|residents)\b)",
    re.IGNORECASE,
)
_WON = re.compile(
    r"\b(?:wins?|winner|buy|bring a friend|first|get a|offering|receive a)\b[^.!\n]*$",
    re.IGNORECASE,
)
# In a title only as a mark of its own: "Free Planet Radio" is a band.
_FREE_MARK = re.compile(
    r"(?i:(?:^|[-–|:(\[~]\s*)free!*\s*(?:$|-(?!\w)|[–|:!)\]~]))|\bFREE\b(?! (?:SPIRIT|PLAY))"
)


@dataclass(frozen=True, slots=True)
class Price:
    """`text` for people; `lowest` in the event's currency, 0 when free, None when unknown.

    `evidence` are the words that it was read from.
    """

    text: str = ""
    lowest: Decimal | None = None
    evidence: str = ""


@remembered
def read_price(title: str, description: str, stated: str = "") -> Price:
    """The price by a field of its own, else by title and description.

    Only sums with a sign of being the price count: a gift card or a beer is
    none, and neither is a surcharge for materials.
    """
    if stated.strip():
        return _stated(stated.strip())
    found = [*_prices(title), *_prices(description)]
    if found:
        chunks = list(dict.fromkeys(price.text for price in found))[:_MAX_CHUNKS]
        cheapest = min(found, key=_amount)
        return Price(", ".join(chunks)[:_MAX_TEXT], cheapest.lowest, cheapest.evidence)
    mark = None if title.isupper() else _FREE_MARK.search(title)
    said = bounded(title) if mark or _is_of_free(title) else _free(title) or _free(description)
    return Price("Free", Decimal(0), said) if said else Price()


def _amount(price: Price) -> Decimal:
    return _MOST if price.lowest is None else price.lowest


def _stated(text: str) -> Price:
    """A field that is only about the price: every number in it counts."""
    amounts = [amount.value for amount in amounts_in(text)]
    if not amounts:
        free = re.search(
            r"\b(?:free|none|no c(?:harge|over|ost)|gratis|kostenlos)\b", text, re.IGNORECASE
        )
        return Price(text[:_MAX_TEXT], Decimal(0) if free else None, bounded(text))
    return Price(text[:_MAX_TEXT] if max(amounts) else "Free", min(amounts), bounded(text))


def _prices(text: str) -> Iterator[Price]:
    """Every sum of money that is a price."""
    end_of_last = -100
    for match in _sums_in(text):
        before, after = text[max(0, match.start() - 45) : match.start()], text[match.end() :][:30]
        line = before.rpartition("\n")[2]
        rest = text[match.end() : match.end() + 60].partition("\n")[0]
        if _NEVER_BEFORE.search(before) or _NEVER_AFTER.match(after):
            continue
        follows = match.start() - end_of_last <= 3 and "+" not in before[-3:]
        alone = (_ALONE.match(line) or _AFTER_CLOCK.search(line)) and re.match(
            r"\s*(?:$|[|(.])", rest
        )
        piped = re.search(r"\|\s*$", line) and re.match(r"\s*(?:\||$)", rest)
        if not (match["kind"] or follows or alone or piped or _BEFORE.search(before)):
            continue
        amounts = _amounts(match)
        if not amounts or min(amounts) > _MOST:
            continue
        end_of_last = match.end()
        words = " ".join(match[0].split())
        yield Price(words, min(amounts), excerpt(text, *match.span()))


def _sums_in(text: str) -> list[re.Match[str]]:
    """Every sum with a sign of money, in the text's order."""
    folded = fold(text)
    found = [*_MONEY.finditer(text, folded), *_OTHER_MONEY.finditer(text, folded)]
    return sorted(found, key=re.Match.start)


def _amounts(match: re.Match[str]) -> list[Decimal]:
    if match.re is _MONEY.pattern:
        return [Decimal(each.replace(",", "")) for each in re.findall(_AMOUNT, match["sums"])]
    written = re.findall(_SUM, match["sums"] or match["sums_before"])
    return [number for each in written if (number := read_number(each)) is not None]


def _is_of_free(title: str) -> bool:
    match = _FREE_TITLE.search(title)
    return match is not None and not _NOT_FREE.match(title[match.end() :])


def _free(text: str) -> str:
    """The words that say the whole event to be free, not something at it or only for some."""
    for match in _FREE.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() :][:40]
        is_of_some = _SOME_BEFORE.search(before) and _SAID_OF.match(match[0])
        is_of_some = is_of_some or (_ADMISSION.search(match[0]) and _SOME_AFTER.match(after))
        if not is_of_some and not _NOT_FREE.match(after) and not _WON.search(before):
            return excerpt(text, *match.span())
    return ""
