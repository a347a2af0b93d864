"""Addresses of this installation, and answers that a client need not fetch again."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

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


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer with an `ETag`, or 304 for a client that has it already.

    It may be kept, but is asked for each time: what was revoked is gone at once.
    """
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response.headers.setdefault("Cache-Control", "private, no-cache")
    found = get_conditional_response(request, etag=etag, response=response)
    assert found is not None, "there was a response"
    return found
