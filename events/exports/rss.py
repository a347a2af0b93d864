"""Events as RSS 2.0 with the fields of the event module."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from events.exports.content import Exported, one_line

_NAMESPACES = {
    "xmlns:ev": "http://purl.org/rss/1.0/modules/event/",
    "xmlns:georss": "http://www.georss.org/georss",
}
_NO_ATTRIBUTES: AttributesImpl[str] = AttributesImpl({})
_MINUTES_BETWEEN_VISITS = "60"


def channel_head(title: str, link: str, description: str) -> str:
    """The beginning of a feed, up to its first item."""
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=False)
    xml.startDocument()
    xml.startElement("rss", AttributesImpl({"version": "2.0", **_NAMESPACES}))
    xml.startElement("channel", _NO_ATTRIBUTES)
    xml.addQuickElement("title", one_line(title))
    xml.addQuickElement("link", one_line(link))
    xml.addQuickElement("description", one_line(description))
    xml.addQuickElement("ttl", _MINUTES_BETWEEN_VISITS)
    return out.getvalue()


def channel_tail() -> str:
    return "</channel></rss>\n"


def item(exported: Exported) -> str:
    """One event. A description is HTML to its reader, so the text is escaped for that too."""
    event, out = exported.event, StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startElement("item", _NO_ATTRIBUTES)
    xml.addQuickElement("title", exported.title)
    xml.addQuickElement("link", exported.page)
    xml.addQuickElement("guid", f"urn:uuid:{exported.uid}", {"isPermaLink": "false"})
    xml.addQuickElement("pubDate", format_datetime(event.created_at))
    xml.addQuickElement("description", escape(_summary(exported)).replace("\n", "<br>"))
    for tag in event.metadata_tags:
        xml.addQuickElement("category", one_line(tag))
    xml.addQuickElement("ev:startdate", _day_or_time(exported, exported.start))
    if exported.end is not None:
        xml.addQuickElement("ev:enddate", _day_or_time(exported, exported.end))
    for name, value in (("location", exported.place), ("organizer", one_line(event.organizer))):
        if value:
            xml.addQuickElement(f"ev:{name}", value)
    if exported.point is not None:
        xml.addQuickElement("georss:point", f"{exported.point[0]} {exported.point[1]}")
    xml.endElement("item")
    return out.getvalue() + "\n"


def _day_or_time(exported: Exported, moment: datetime) -> str:
    """W3C date and time; of an all-day event the first day and the day after the last."""
    if not exported.event.all_day:
        return moment.isoformat(timespec="seconds")
    day = exported.first_day if moment is exported.start else exported.day_after
    return day.isoformat()


def _summary(exported: Exported) -> str:
    when = f"{exported.start:%A, %B} {exported.start.day}, {exported.start.year}"
    if not exported.event.all_day:
        when += f", {exported.start:%H:%M %Z}"
    status = exported.event.event_status
    notes = [] if status == "scheduled" else [status.capitalize()]
    notes += ["No longer in the calendar it came from"] if exported.is_withdrawn else []
    lines = (*notes, when, exported.place, exported.description)
    return "\n".join(line for line in lines if line)
