"""The words of a language, from its file: how people say what the English grammar reads.

A file `xx.toml` (ISO 639-1) maps English phrases to the phrases of that language:

    [phrases]
    concert = "konzert(e,en) | auftritt(e)"
    "next <weekday>" = "nächste(n,r) <weekday> | <weekday> in einer woche"
    "add … to my calendar" = "trag … in meinen kalender ein"

Alternatives are parted by bars; endings in brackets may follow a word or be left out; `…`
stands for any words, `?` for the end of the sentence. `<number>` is a number in digits;
`<weekday>` and `<month>` are known for every language of Unicode's CLDR, other classes are
tables `[classes.NAME]` of the file. An empty English phrase drops the words. Case and accents
do not count. The first alternative is also how the language says the English phrase.
`[places]` holds, in the same form, places that have another name in the language: they tell
nothing of the language.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_ITEM = re.compile(r"<(?P<name>\w+)>(?P<suffix>[^\W\d_]*)|…|\?|[0-9]+|[^\W\d_]+")
_ENDINGS = re.compile(r"\(([^)]*)\)")
_ITEM_SIGNS = re.compile(r"[<…?]")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
GAP = "…"
END = "?"
NUMBER = "<number>"


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of several, with what each is in English: a class such as the weekdays."""

    name: str
    english: Mapping[str, str]


Item = str | Choice


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the language in order, and what they are in English."""

    items: tuple[Item, ...]
    english: str
    weight: int
    second: str
    is_place: bool = False

    @classmethod
    def of(cls, items: Sequence[Item], english: str, *, is_place: bool = False) -> Phrase:
        """`weight` is how many words it fixes: of two that match, the heavier one is meant;
        `second` its second word where only one will do."""
        following = items[1] if len(items) > 1 else ""
        is_word = isinstance(following, str) and following not in (GAP, END, NUMBER)
        second = str(following) if is_word else ""
        weight = sum(item != GAP for item in items)
        return cls(tuple(items), english, weight, second, is_place)


@dataclass(frozen=True, eq=False)
class Language:
    """One language as its file tells it.

    `by_first` holds the phrases by their first word, the heaviest first; `single` what a
    word is by itself, without accents, and `accented` what it is with them where that differs
    (French "ou" and "où"); `kept` the little words that stay between two words of a name; `names`
    finds names made of its words ("Cinco de Mayo"); `english` holds the English words of its
    file; `joins` the letters that may join two words to one ("Weihnacht-s-markt"); `spoken` how the
    language says English phrases.
    """

    code: str
    by_first: Mapping[str, tuple[Phrase, ...]]
    single: Mapping[str, str]
    accented: Mapping[str, str]
    words: frozenset[str]
    english: frozenset[str]
    kept: frozenset[str]
    names: re.Pattern[str] | None
    joins: tuple[str, ...]
    spoken: Mapping[str, str]


def fold_letters(text: str) -> str:
    """Lower case without accents, letter by letter, so that places in the text stay.

    >>> fold_letters("Müßt é")
    'mußt e'
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_letter, text))


@lru_cache(maxsize=512)
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


def tokens_of(folded: str) -> list[re.Match[str]]:
    """The words and the numbers of folded text, letters and digits apart ("20h30")."""
    return list(_TOKEN.finditer(folded))


@lru_cache(maxsize=4)
def languages_in(folder: Path) -> Mapping[str, Language]:
    """The languages whose files stand in a folder, by their codes."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Language:
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    spelling = file.get("spelling", {})
    classes = _classes(path.stem, file, spelling)
    days = {f"<{name}>": f"<{name}>" for name in ("weekday", "month")}
    phrases: dict[tuple[Item, ...], Phrase] = {}
    accented: dict[str, str] = {}
    for entries, is_place in ((days | file["phrases"], False), (file.get("places", {}), True)):
        for english, written in _written(entries, spelling):
            items = tuple(_items(fold_letters(written), classes))
            phrase = Phrase.of(items, english, is_place=is_place)
            key = tuple(map(_plain, items))
            if len(items) > 1 or written == fold_letters(written):
                phrases[key] = phrase
            else:
                accented[written] = english
                phrases.setdefault(key, phrase)
    differing = {
        word: english
        for word, english in accented.items()
        if phrases[(fold_letters(word),)].english != english
    }
    return _language(path.stem, list(phrases.values()), differing, file)


def _classes(
    code: str, file: Mapping[str, Any], spelling: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """The words of each class in English: the calendar's, and those of the file."""
    classes = _calendar_names(code)
    for name, members in file.get("classes", {}).items():
        known = classes.setdefault(name, {})
        known.update((fold_letters(each), word) for word, each in _written(members, spelling))
    return classes


def _language(
    code: str, phrases: list[Phrase], accented: Mapping[str, str], file: Mapping[str, Any]
) -> Language:
    by_first: dict[str, list[Phrase]] = {}
    single: dict[str, str] = {}
    words: set[str] = set()
    english: set[str] = set()
    for phrase in sorted(phrases, key=lambda each: -each.weight):
        for first in _tokens(phrase.items[0]):
            by_first.setdefault(first, []).append(phrase)
        if not phrase.is_place:
            words.update(word for item in phrase.items for word in _tokens(item))
            english.update(match.group() for match in tokens_of(phrase.english))
        if len(phrase.items) == 1 and (only := phrase.items[0]) != NUMBER:
            values = only.english if isinstance(only, Choice) else {only: phrase.english}
            single.update(values)
    return Language(
        code,
        {first: tuple(found) for first, found in by_first.items()},
        single,
        accented,
        frozenset(words - {NUMBER, GAP, END}),
        frozenset(english | {*_DAYS, *_MONTHS}),
        frozenset(fold_letters(file.get("kept", "")).split()),
        _names(file.get("names", "")),
        tuple(file.get("joins", "").split()),
        dict(_spoken(file["phrases"])),
    )


def _spoken(phrases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What has no slot in English, and how the language says it."""
    for english, alternatives in phrases.items():
        first = _ENDINGS.sub("", alternatives.split("|")[0]).strip()
        if english and not _ITEM_SIGNS.search(english + first):
            yield english.lower(), first


def _names(names: str) -> re.Pattern[str] | None:
    each = "|".join(re.escape(fold_letters(name.strip())) for name in names.split("|"))
    return re.compile(rf"\b(?:{each})\b") if names else None


def _calendar_names(code: str) -> dict[str, dict[str, str]]:
    """The days and months of a language by CLDR; none for a language that it does not know."""
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return {"weekday": {}, "month": {}}
    days = {fold_letters(locale.days["format"]["wide"][at]): _DAYS[at] for at in range(7)}
    months = {
        fold_letters(locale.months["format"]["wide"][at + 1]): _MONTHS[at] for at in range(12)
    }
    return {"weekday": days, "month": months}


def _written(entries: Mapping[str, str], spelling: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The English of each entry with every way to write its phrases."""
    for english, spoken in entries.items():
        for each in _spellings(spoken, spelling):
            yield english, each


def _spellings(spoken: str, spelling: Mapping[str, str]) -> Iterator[str]:
    """Every way to write the phrases of an entry: "gratis | umsonst", "konzert(e,en)"."""
    for phrase in spoken.split("|"):
        pieces = _ENDINGS.split(phrase.strip())
        endings = [
            ["", *piece.split(",")] if at % 2 else [piece] for at, piece in enumerate(pieces)
        ]
        for chosen in product(*endings):
            written = "".join(chosen).lower()
            yield written
            respelt = "".join(spelling.get(letter, letter) for letter in written)
            if respelt != written:
                yield respelt


def _items(phrase: str, classes: Mapping[str, Mapping[str, str]]) -> Iterator[Item]:
    for found in _ITEM.finditer(phrase):
        name, suffix = found["name"], found["suffix"]
        if name is None or name == "number":
            yield found.group()
        else:
            yield Choice(name, {each + suffix: english for each, english in classes[name].items()})


def _plain(item: Item) -> Item:
    return item if isinstance(item, str) else f"<{item.name}>{min(item.english, default='')}"


def _tokens(item: Item) -> Iterator[str]:
    if isinstance(item, Choice):
        yield from item.english
    else:
        yield item
