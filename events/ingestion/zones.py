"""Which zone an event is in, and from where that is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

# So many events of a file must have a zone, and so large a share of them the same one,
# before it is taken for the zone of those that name nothing.
_ENOUGH, _SHARE = 5, 0.9


class ZoneFrom(StrEnum):
    """What a zone was taken from, the surest first."""

    EVENT = "event"
    PLACE = "place"
    CALENDAR = "calendar"
    SOURCE = "source"
    OTHER_EVENTS = "other events"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Zones:
    """IANA zones that hold for a whole file; empty where unknown.

    `source` is what is known of the sender. `assumed` is the last resort, for
    which nothing in the file speaks.
    """

    assumed: str
    source: str = ""
    calendar: str = ""
    others: str = ""

    def with_file(self, calendar: str, known: Iterable[str]) -> Zones:
        """With the calendar's own zone, and the one that nearly all events share."""
        if calendar or self.source:
            return replace(self, calendar=calendar)
        counts = Counter(zone for zone in known if zone)
        [(zone, count)] = counts.most_common(1) or [("", 0)]
        is_shared = counts.total() >= _ENOUGH and count >= _SHARE * counts.total()
        return replace(self, others=zone if is_shared else "")

    def of(self, event_zone: str, place_zone: str) -> tuple[str, ZoneFrom]:
        """The zone of an event, and what it was taken from."""
        known = (
            (event_zone, ZoneFrom.EVENT),
            (place_zone, ZoneFrom.PLACE),
            (self.calendar, ZoneFrom.CALENDAR),
            (self.source, ZoneFrom.SOURCE),
            (self.others, ZoneFrom.OTHER_EVENTS),
        )
        return next((each for each in known if each[0]), (self.assumed, ZoneFrom.ASSUMED))
