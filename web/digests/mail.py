"""The mail itself: text and HTML, with the headers of one-click unsubscription (RFC 8058)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from api.events.lists import load_events
from api.http.responses import links_from
from events.exports import Exported, export_event
from events.exports.content import one_line
from events.exports.feeds import unsubscribe_token
from events.models import DigestMail, Feed
from web.events import price_text, when_text

# Of one search; the others are counted.
MOST_LISTED = 20
_SUBJECT_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Line:
    """One event in a mail."""

    title: str
    when: str
    place: str
    price: str
    status: str
    page: str

    @classmethod
    def of(cls, exported: Exported) -> Line:
        event = exported.event
        return cls(
            title=exported.title,
            when=when_text(exported),
            place=exported.place,
            price=one_line(price_text(event)),
            status="" if event.event_status == "scheduled" else event.event_status,
            page=exported.page,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """The new matches of one search."""

    title: str
    lines: Sequence[Line]
    more: int


def compose_digest(mail: DigestMail, *, base: str) -> EmailMultiAlternatives | None:
    """The mail as it stands now; None when its reader wants none any more, or all is gone."""
    sections = _sections(mail, base)
    user = mail.user
    if not sections or not user.is_active:
        return None
    count = sum(len(section.lines) + section.more for section in sections)
    stop = f"{base}/unsubscribe/{unsubscribe_token(user.pk)}"
    context = {"sections": sections, "stop": stop, "count": count}
    events = "1 new event" if count == 1 else f"{count} new events"
    message = EmailMultiAlternatives(
        subject=one_line(f"{events}: {sections[0].title}")[:_SUBJECT_LENGTH],
        body=render_to_string("web/digest.txt", context),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("web/digest.html", context), "text/html")
    return message


def _sections(mail: DigestMail, base: str) -> list[Section]:
    feeds = Feed.objects.owned_by(mail.user_id).exclude(digest="").in_bulk()
    links, sections = links_from(base), []
    for section in mail.content:
        feed = feeds.get(section["feed_id"])
        ids = section["event_ids"]
        if feed is None:
            continue
        lines = [Line.of(export_event(event, links)) for event in load_events(ids[:MOST_LISTED])]
        if lines:
            sections.append(Section(feed.title, lines, len(ids[MOST_LISTED:])))
    return sections
