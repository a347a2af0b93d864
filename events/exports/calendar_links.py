"""Links that add one event to a reader's Google or Outlook calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from events.exports.content import Exported

# A web address has its limits, and the page is linked anyway.
_LONGEST_TEXT = 800
# Both programs want an end.
_UNKNOWN_LENGTH = timedelta(hours=1)


def google_link(exported: Exported) -> str:
    """Google Calendar's form, filled in."""
    if exported.event.all_day:
        dates = f"{exported.first_day:%Y%m%d}/{exported.day_after:%Y%m%d}"
    else:
        dates = "/".join(f"{moment:%Y%m%dT%H%M%SZ}" for moment in _utc(exported))
    query = {
        "action": "TEMPLATE",
        "text": exported.title,
        "dates": dates,
        "ctz": exported.event.timezone,
        "location": exported.place,
        "details": _details(exported),
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(query)}"


def outlook_link(exported: Exported) -> str:
    """Outlook's form on the web, filled in."""
    if exported.event.all_day:
        start, end = exported.first_day.isoformat(), exported.day_after.isoformat()
    else:
        start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in _utc(exported))
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": exported.title,
        "startdt": start,
        "enddt": end,
        "allday": "true" if exported.event.all_day else "false",
        "location": exported.place,
        "body": _details(exported),
    }
    return f"https://outlook.live.com/calendar/0/action/compose?{urlencode(query)}"


def _utc(exported: Exported) -> tuple[datetime, datetime]:
    start = exported.start.astimezone(UTC)
    return start, exported.end.astimezone(UTC) if exported.end else start + _UNKNOWN_LENGTH


def _details(exported: Exported) -> str:
    text = exported.description
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT].rpartition(" ")[0] + " …"
    return f"{text}\n\n{exported.page}".strip()
