"""Events out: as iCalendar, RSS, CSV and JSON-LD. Pure: nothing here asks the database.

A format says how a collection begins, what stands between two events, and how it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from events.exports import ics, jsonld, rss, table
from events.exports.content import Exported, Links, export_event

__all__ = ["FORMATS", "Channel", "Exported", "Format", "Links", "export_event"]


@dataclass(frozen=True, slots=True)
class Channel:
    """The title of a collection, and the page it belongs to."""

    title: str
    link: str
    description: str = "Events from Superschedules"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write events, piece by piece, so that no collection is ever whole in memory."""

    suffix: str
    content_type: str
    head: Callable[[Channel], str]
    item: Callable[[Exported], str]
    tail: Callable[[], str]
    between: str = ""

    def whole(self, channel: Channel, events: list[Exported]) -> str:
        """A small collection as one text."""
        items = self.between.join(self.item(event) for event in events)
        return self.head(channel) + items + self.tail()


FORMATS = {
    each.suffix: each
    for each in (
        Format(
            "ics",
            "text/calendar; charset=utf-8",
            lambda channel: ics.calendar_head(channel.title),
            ics.event_component,
            ics.calendar_tail,
        ),
        Format(
            "rss",
            "application/rss+xml; charset=utf-8",
            lambda channel: rss.channel_head(channel.title, channel.link, channel.description),
            rss.item,
            rss.channel_tail,
        ),
        Format(
            "csv",
            "text/csv; charset=utf-8; header=present",
            lambda channel: table.header(),
            table.row,
            lambda: "",
        ),
        Format(
            "jsonld",
            "application/ld+json",
            lambda channel: jsonld.graph_head(),
            jsonld.graph_item,
            jsonld.graph_tail,
            between=",\n",
        ),
    )
}
