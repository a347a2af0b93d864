"""The one page: a static shell; everything else comes from the API."""

from __future__ import annotations

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


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page. It reads and sets no cookie: the API wants a bearer token."""
    response = render(request, "web/index.html")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-cache"
    return response
