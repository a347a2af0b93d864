"""Answers that a client need not fetch again: an `ETag` of the content, and 304."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response


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
