"""The end of mails, in one click and without signing in (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.feeds import reader_of_token, stop_digests
from web.pages import missing_page, page


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
