"""Answers pages with their headers (what they may load, no caching); the plain pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.exports.feeds import reader_of_token, stop_digests

# Everything comes from this origin, nothing is inline, and no script may turn
# a string into markup: what events and answers say can only ever be text.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page that reads and sets no cookie."""
    response = render(request, template, dict(context or {}), status=status)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-cache"
    return response


def missing_page(request: HttpRequest, *, title: str, detail: str) -> HttpResponse:
    """Answers 404 with a page."""
    return page(request, "web/notice.html", {"title": title, "detail": detail}, status=404)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page. It reads and sets no cookie: the API wants a bearer token."""
    return page(request, "web/index.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of an unknown address."""
    return missing_page(request, title="Nothing here", detail="No page has this address.")


@csrf_exempt  # a mail program posts here; the token in the address is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since programs that look through mails follow links; POST does it."""
    user_id = reader_of_token(token)
    if user_id is None:
        return missing_page(
            request, title="Nothing here", detail="This link is not whole. Copy it from the mail."
        )
    if request.method == "POST":
        stop_digests(user_id=user_id)
        context = {
            "title": "No more mails",
            "detail": "We will send you no more digests. Your calendars stay as they are.",
        }
        return page(request, "web/notice.html", context)
    context = {
        "title": "Stop the mails?",
        "detail": "You will get no more digests of new events. Your calendars stay as they are.",
        "button": "Stop the mails",
    }
    return page(request, "web/notice.html", context)
