"""How a page is answered: what it may load, and that it is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
    """What was asked for is not there."""
    return page(request, "web/notice.html", {"title": title, "detail": detail}, status=404)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page. It reads and sets no cookie: the API wants a bearer token."""
    return page(request, "web/index.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What stands at an address that leads nowhere."""
    return missing_page(request, title="Nothing here", detail="No page has this address.")
