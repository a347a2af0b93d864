"""Facts of an event that the comparison reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from core.text import fold_name
from events.merging.wording.titles import TitleWords, title_words
from events.merging.wording.words import spelled_alike, words_of

# Where a description says what it is about.
_OPENING = 240
_LONG_NUMBER = re.compile(r"\d{4}")
_STREET = re.compile(r"\d+ \S+( \S+)* (st|street|ave|avenue|rd|road|blvd|dr|drive|way|ln|lane|hwy)")
_TOWN = re.compile(r"^(?:city|town|borough) of | (?:borough|boro|city|town)$")
VENUE_KINDS = words_of("venue_kinds")
_ROOM = re.compile(r"(?:room|suite|studio|classroom|building|bldg|floor|hall) [a-z]?\d+[a-z]?")


@dataclass(frozen=True, slots=True)
class Link:
    """An address: its host and path, and whether it names one thing and not a whole calendar."""

    host: str
    path: str
    is_own_page: bool


@lru_cache(maxsize=4096)
def link_of(url: str) -> Link:
    """The parts of an address that tell two happenings apart.

    >>> link_of("https://example.org/events/summer-night-concert").is_own_page
    True
    >>> link_of("https://example.org/calendar?city=davis#today").is_own_page
    False
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return Link(url, "", is_own_page=False)
    last = parts.path.rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_.]", last) if word]
    values = [value for _, value in parse_qsl(parts.query)]
    is_own_page = len(words) >= 3 or any(_LONG_NUMBER.search(each) for each in (last, *values))
    return Link(parts.hostname or "", parts.path, is_own_page)


@dataclass(frozen=True)
class VenueFacts:
    """A venue as the comparison sees it; `is_exact` when the point is its own, not its town's."""

    name: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_exact: bool = False

    @cached_property
    def key(self) -> str:
        """The folded name; nothing for a mere town, a street number or a room number."""
        folded = fold_name(self.name).removeprefix("the ")
        if _STREET.match(folded) or _ROOM.fullmatch(folded):
            return ""
        city, words = fold_name(self.city), spelled_alike(folded)
        names = [word for word in words.split() if word not in VENUE_KINDS]
        return "" if not names or _TOWN.sub("", folded) == city else words

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of its name that are of no kind of venue, and not its town's."""
        town = fold_name(self.city).split()
        return frozenset(self.key.split()) - VENUE_KINDS - set(town)


@dataclass(frozen=True)
class Facts:
    """One event, as far as it matters for being the same as another one.

    `place` is None for an event that is online only.
    """

    id: int
    source: str
    title: str
    start: datetime
    timezone: str
    all_day: bool = False
    place: VenueFacts | None = None
    room: str = ""
    url: str = ""
    organizer: str = ""
    description: str = ""

    @cached_property
    def local_day(self) -> date:
        return self._local.date()

    @cached_property
    def has_hour(self) -> bool:
        """Whether the start is more than a day: feeds write midnight when they know no hour."""
        return not self.all_day and self._local.time() != time()

    @cached_property
    def _local(self) -> datetime:
        return self.start.astimezone(ZoneInfo(self.timezone))

    @cached_property
    def opening(self) -> str:
        """The beginning of the description, folded."""
        return fold_name(self.description[: _OPENING * 2])[:_OPENING]

    @cached_property
    def publishers(self) -> frozenset[str]:
        """The publishers of the entry: aggregators name several, separated by commas."""
        return frozenset(name for each in self.organizer.split(",") if (name := fold_name(each)))

    @cached_property
    def folded_title(self) -> str:
        return fold_name(self.title) or self.title

    @cached_property
    def link(self) -> Link | None:
        """The parts of its address."""
        return link_of(self.url) if self.url else None

    @cached_property
    def all_words(self) -> frozenset[str]:
        """Every word of the title that tells it from others or names its place."""
        return self.words.every

    @cached_property
    def words(self) -> TitleWords:
        """The title's words without those that name its own venue, town and publisher."""
        place = self.place or VenueFacts()
        return title_words(self.title, (place.name, place.city, self.organizer))
