"""Absolute addresses of this installation, for files and mails that leave it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from events.exports import Links

_EVENT_PAGE = "/events/{id}"


def base_of(request: HttpRequest) -> str:
    """What absolute addresses begin with: as configured, else as the request came."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def own_base() -> str:
    """The same where there is no request."""
    return settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"


def links_from(base: str) -> Links:
    """The addresses that exports name."""
    return Links(event_page=base + _EVENT_PAGE)
