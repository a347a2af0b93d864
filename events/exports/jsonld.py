"""Events as schema.org JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from events.exports.content import Exported, one_line
from events.models import Event, Venue

CONTEXT = "https://schema.org"
_STATUS = {
    Event.Status.SCHEDULED.value: "EventScheduled",
    Event.Status.POSTPONED.value: "EventPostponed",
    Event.Status.CANCELLED.value: "EventCancelled",
}
_MODES = {
    Event.AttendanceMode.OFFLINE.value: "OfflineEventAttendanceMode",
    Event.AttendanceMode.ONLINE.value: "OnlineEventAttendanceMode",
    Event.AttendanceMode.MIXED.value: "MixedEventAttendanceMode",
}
# What ends a script or begins a comment in HTML, however it stands in a string.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def event_node(exported: Exported) -> dict[str, Any]:
    """One schema.org Event, without a context; what is unknown is left out."""
    event = exported.event
    node = {
        "@type": "Event",
        "@id": f"urn:uuid:{exported.uid}",
        "name": exported.title,
        **_times(exported),
        "eventStatus": f"{CONTEXT}/{_STATUS[event.event_status]}",
        "eventAttendanceMode": f"{CONTEXT}/{_MODES[event.event_attendance_mode]}",
        "location": _locations(exported),
        "description": exported.description,
        "url": exported.url,
        "mainEntityOfPage": exported.page,
        "organizer": _organizer(event),
        "offers": _offers(exported),
        "isAccessibleForFree": event.min_price == 0 if event.min_price is not None else None,
        "typicalAgeRange": one_line(event.age_range),
        "keywords": [one_line(tag) for tag in event.metadata_tags],
    }
    return {name: value for name, value in node.items() if value not in ("", None, [])}


def event_document(exported: Exported) -> str:
    """One event as a document of its own."""
    return _json({"@context": CONTEXT, **event_node(exported)})


def graph_head() -> str:
    return f'{{"@context":"{CONTEXT}","@graph":['


def graph_item(exported: Exported) -> str:
    return _json(event_node(exported))


def graph_tail() -> str:
    return "]}\n"


def in_script(document: str) -> str:
    """JSON as it may stand inside a `<script>` of a page."""
    return document.translate(_IN_SCRIPT)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _times(exported: Exported) -> dict[str, str]:
    """Dates of an all-day event, the last one included; else times with their offset."""
    if exported.event.all_day:
        last = exported.day_after.fromordinal(exported.day_after.toordinal() - 1)
        return {"startDate": exported.first_day.isoformat(), "endDate": last.isoformat()}
    times = {"startDate": exported.start.isoformat()}
    if exported.end is not None:
        times["endDate"] = exported.end.isoformat()
    return times


def _locations(exported: Exported) -> Any:
    event = exported.event
    found = []
    if event.event_attendance_mode != Event.AttendanceMode.ONLINE and exported.place:
        found.append(_place(exported, event.venue))
    if event.is_virtual:
        found.append({"@type": "VirtualLocation", "url": exported.url})
    return found[0] if len(found) == 1 else found


def _place(exported: Exported, venue: Venue | None) -> dict[str, Any]:
    if venue is None:
        return {"@type": "Place", "name": exported.place, "address": exported.place}
    parts = {
        "streetAddress": venue.street_address,
        "addressLocality": venue.city,
        "addressRegion": venue.state,
        "postalCode": venue.postal_code,
        "addressCountry": venue.country,
    }
    address = {name: one_line(value) for name, value in parts.items() if value}
    place: dict[str, Any] = {"@type": "Place", "name": one_line(venue.name)}
    if address:
        place["address"] = {"@type": "PostalAddress", **address}
    if exported.point is not None:
        latitude, longitude = exported.point
        place["geo"] = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return place


def _organizer(event: Event) -> dict[str, str] | None:
    name = one_line(event.organizer)
    return {"@type": "Organization", "name": name} if name else None


def _offers(exported: Exported) -> dict[str, Any] | None:
    """The price as a number when it is known, and as it was written. No currency is invented."""
    event = exported.event
    if event.min_price is None:
        return None
    offer = {"@type": "Offer", "price": f"{event.min_price:.2f}", "url": exported.url}
    if event.currency:
        offer["priceCurrency"] = event.currency
    written = one_line(event.price)
    return {**offer, "description": written} if written else offer
