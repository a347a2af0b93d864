"""Topics and audiences of an event, in fixed vocabularies, read from its title first.

A description mentions much that an event is not about (a market with live
music is a market), so it is read for topics only where the title says nothing, and
only for phrases that leave no doubt. The words stand in `topics.toml` and `audience.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from events.ingestion.enrich.ages import Ages
from events.ingestion.enrich.clues import REMEMBERED, remembered
from events.ingestion.enrich.evidence import words_of_tags


class Vocabulary:
    """The words of one field, by tag.

    Texts are looked through in lower case, and first for all words at once: most
    say nothing, and a pattern without case takes several times as long.
    """

    def __init__(self, by_tag: Mapping[str, Sequence[str]]) -> None:
        self.tags = tuple(by_tag)
        self._any = _pattern([word for words in by_tag.values() for word in words])
        self._by_tag = {tag: _pattern(words) for tag, words in by_tag.items()}

    def matching_tags(self, text: str) -> dict[str, str]:
        """The tags whose words the text holds, each with the first of these words."""
        lowered = _lowered(text)
        if self._any.search(lowered) is None:
            return {}
        found = ((tag, pattern.search(lowered)) for tag, pattern in self._by_tag.items())
        return {tag: text[match.start() : match.end()] for tag, match in found if match}

    def tags_meant(self, keyword: str) -> frozenset[str]:
        """The tags that a text stands for as a whole."""
        lowered = _lowered(keyword)
        return frozenset(tag for tag, each in self._by_tag.items() if each.fullmatch(lowered))


@cache
def read_vocabulary(name: str) -> Mapping[str, Vocabulary]:
    """Reads, for each field (title, description, …), the words of each tag, in the file's order."""
    tags = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    fields = dict.fromkeys(field for entries in tags.values() for field in entries)
    return {
        field: Vocabulary(
            {tag: entries[field] for tag, entries in tags.items() if field in entries}
        )
        for field in fields
    }


def _lowered(text: str) -> str:
    """In lower case, letter by letter where a letter would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(lower if len(lower := letter.lower()) == 1 else letter for letter in text)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.MULTILINE)


_TOPIC_WORDS = read_vocabulary("topics")
TOPICS = _TOPIC_WORDS["title"].tags
# Where a description is about its event: the beginning.
_OPENING = 600
# Topics of a title that leave the door open to a concert.
_SOFT = frozenset(
    {"animals", "dance", "drinks", "festival", "food", "holiday", "library", "nightlife", "tour"}
)
# A music listing or a music hall also has nights of another kind.
_NOT_MUSIC = frozenset(
    {"art", "books", "comedy", "craft", "film", "games", "government", "market", "sports"}
    | {"theatre", "wellness"}
)
# A church also has a blood drive: what it stands for counts when nothing else is known.
_IF_SILENT = frozenset({"religion", "government", "theatre"})


@dataclass(frozen=True, slots=True)
class Subject:
    """The texts that topics are read from."""

    title: str
    description: str = ""
    organizer: str = ""
    venue: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags, and the words that gave them away (see `words_of_tags`)."""

    tags: tuple[str, ...] = ()
    evidence: str = ""


_NO_TAGS = Tags()


@remembered
def _topics_in(field: str, text: str) -> Mapping[str, str]:
    """Titles, venues and the texts of a series come again and again."""
    return MappingProxyType(_TOPIC_WORDS[field].matching_tags(text))


@lru_cache(maxsize=REMEMBERED)
def _meant_by(keyword: str) -> frozenset[str]:
    """The topics that a feed's own keyword stands for as a whole."""
    return _TOPIC_WORDS["keyword"].tags_meant(keyword)


def read_topics(subject: Subject, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The feed's own keywords first, then topics of `TOPICS`."""
    return find_topics(subject, stated).tags


def find_topics(subject: Subject, stated: tuple[str, ...] = ()) -> Tags:
    """The same with the words that they were read from."""
    tags = dict.fromkeys(word.strip().casefold()[:100] for word in stated if word.strip())
    found = {topic: tag for tag in tags for topic in _meant_by(tag)}
    found |= _topics_in("title", subject.title)
    if found.keys() <= _SOFT:
        found = {**_topics_in("description", subject.description[:_OPENING]), **found}
    beside = {**_topics_in("venue", subject.venue), **_topics_in("organizer", subject.organizer)}
    if found.keys() & _NOT_MUSIC:
        beside.pop("music", None)
    if found:
        beside = {topic: words for topic, words in beside.items() if topic not in _IF_SILENT}
    found = beside | found
    if not found and not tags:
        return _NO_TAGS
    every = tuple(tags | dict.fromkeys(topic for topic in TOPICS if topic in found))
    return Tags(every, words_of_tags(every, dict.fromkeys(tags, "a keyword of the feed") | found))


_AUDIENCE_WORDS = read_vocabulary("audience")
AUDIENCES = _AUDIENCE_WORDS["title"].tags
_MINORS = frozenset({"babies", "toddlers", "kids", "teens", "families"})


@remembered
def _audience_in(field: str, text: str) -> Mapping[str, str]:
    return MappingProxyType(_AUDIENCE_WORDS[field].matching_tags(text))


def read_audience(
    title: str, description: str, ages: Ages, stated: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Tags of `AUDIENCES`, those stated by the feed first, then what texts and ages say."""
    return find_audience(title, description, ages, stated).tags


def find_audience(title: str, description: str, ages: Ages, stated: tuple[str, ...] = ()) -> Tags:
    """The same with the words that they were read from."""
    tags = dict.fromkeys(word.strip().casefold() for word in stated if word.strip())
    spoken = dict.fromkeys(_by_ages(ages), ages.text)
    spoken |= _audience_in("description", description)
    spoken |= _audience_in("title", title)
    if ages.lowest is not None and ages.lowest >= 18:
        spoken = {tag: words for tag, words in spoken.items() if tag not in _MINORS}
    if not spoken and not tags:
        return _NO_TAGS
    every = tuple(tags | dict.fromkeys(tag for tag in AUDIENCES if tag in spoken))
    return Tags(every, words_of_tags(every, dict.fromkeys(tags, "stated by the feed") | spoken))


def _by_ages(ages: Ages) -> set[str]:
    low, high = ages.lowest, ages.highest
    if low is None:
        return set()
    if low >= 18:
        return {"seniors"} if low >= 50 else {"adults"}
    if high is None:
        return set()
    tags = {"babies"} if low <= 1 and high <= 5 else set()
    if low <= 3 and 1 <= high <= 6:
        tags.add("toddlers")
    if low <= 11 and high >= 4:
        tags.add("kids")
    if low <= 15 and high >= 14:
        tags.add("teens")
    return tags
