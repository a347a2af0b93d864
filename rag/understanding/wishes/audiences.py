"""Who it is for: kids, toddlers, families, seniors …, as one plural tag."""

from __future__ import annotations

import re

from rag.understanding.text import Span, Wish

# The more specific tag wins over the one further down.
_AUDIENCES = (
    (
        "toddlers",
        r"toddlers?|preschool(?:er)?s?|pre-?k\b|(?:one|two|three|[1-3])[ -]year[ -]olds",
    ),
    (
        "babies",
        r"babies|infants?|newborns?|(?:my|our|with (?:a|the)|and) baby|baby (?:friendly|and me)",
    ),
    ("tweens", r"tweens?|preteens?|pre-teens?"),
    ("teens", r"teens?|teenagers?|teenaged?|adolescents?|high ?schoolers?|young people"),
    (
        "kids",
        r"kids?(?!'? (?:menu|cudi|rock))|kiddos?|kiddies|children|child(?! (?:care|abuse|support"
        r"|development|psych))"
        r"|(?:my|our) (?:sons?|daughters?|little ones?|boys?|girls?|grand ?kids|grand ?children"
        r"|grandsons?|granddaughters?)"
        r"|little ones|grandkids|grandchildren|school[ -]?age(?:rs|d)?|kindergart(?:e?ner|ener)s?"
        r"|[1-6](?:st|nd|rd|th)[ -]graders?",
    ),
    (
        "seniors",
        r"seniors(?! (?:prom|night))|senior (?:citizens?|events?|activities|programs?|friendly"
        r"|adults?)"
        r"|older (?:adults?|people|folks)|elderly|retirees|elders|pensioners|over[ -](?:50|55|60"
        r"|65|70)'?s?",
    ),
    (
        "students",
        r"(?:college |university |grad(?:uate)? |international )?students(?! (?:film|art|exhib"
        r"|show|work))",
    ),
    ("lgbtq", r"lgbtq?(?:ia|i|a|2s)*\+?|queer|gay|lesbians?|transgender|trans (?:folks|people)"),
    ("women", r"women(?!'s)|ladies(?!' auxiliary)|moms|mums|mothers(?! ?'?s? day)"),
    ("men", r"(?<!wo)men(?!'s)|dads|fathers(?! ?'?s? day)|guys(?= only)"),
    ("couples", r"couples?(?! (?:of|days|weeks))|date[ -]nights?"),
    ("singles", r"singles(?! (?:tennis|tournament|match))|speed dating"),
    ("parents", r"parents|caregivers(?! (?:of|for)\b)|new moms"),
    (
        "families",
        r"families|family[ -]friendly|(?:whole|my|our|the|entire|for) family|family (?:events?|fun"
        r"|activit(?:y|ies)|outings?"
        r"|day|friendly|things|stuff|shows?|concerts?|movies?|programs?|time|night|weekend)"
        r"|all[ -]ages",
    ),
    ("adults", r"(?<!young )(?<!older )adults?(?:[ -]only)?|grown[ -]?ups?"),
)
_PATTERNS = tuple((tag, re.compile(rf"\b(?:{words})(?!\w)")) for tag, words in _AUDIENCES)
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
    pattern = next(pattern for tag, pattern in _PATTERNS if tag == audience)
    words = pattern.sub(" ", query.lower()).split()
    kept = [word for word in query.split() if word.lower() in words]
    while kept and kept[-1].lower() in _LEFT_HANGING:
        kept.pop()
    return " ".join(kept)


def _dropped(low: str) -> Wish[str] | None:
    """ "Forget the seniors", "not just for kids": that audience is no longer wanted."""
    for pattern in (_FORGET, _NOT_JUST):
        found = pattern.search(low)
        if found and any(audience.match(found["who"]) for _, audience in _PATTERNS):
            return Wish(None, said=True, spans=(Span(*found.span()),))
    return None


def read_audience(low: str) -> Wish[str]:
    """The audience that lower-case text names; its words stay in the topic."""
    if dropped := _dropped(low):
        return dropped
    if _WITHOUT.search(low):
        return Wish("adults", said=True)
    for tag, pattern in _PATTERNS:
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


def age_suits(audience: str, age: int) -> bool:
    """Whether somebody of this age may belong to an audience."""
    youngest, oldest = AUDIENCE_AGES.get(audience, (0, 130))
    return youngest <= age <= oldest
