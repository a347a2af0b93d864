"""The one page: a static shell; everything else comes from the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from web.pages import missing_page, page


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The page. It reads and sets no cookie: the API wants a bearer token."""
    return page(request, "web/index.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What stands at an address that leads nowhere."""
    return missing_page(request, title="Nothing here", detail="No page has this address.")
