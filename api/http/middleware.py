"""What holds for every path under /api/, before and after routing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api.http.errors import error_response
from core.errors import InvalidRequest

_PREFIX = "/api/"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class ApiPathMiddleware:
    """Answers a path with a trailing slash like the one without it; 405 and a wrong host in JSON.

    No redirect: clients lose bodies and headers on one.
    """

    async_capable = True
    sync_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if not is_api(request):
            return self.get_response(request)
        if request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
        try:
            request.get_host()
        except DisallowedHost:
            refusal = error_response(InvalidRequest("Nobody of this name is here.", status=400))
            return _checked_later(_ready(refusal)) if self.is_async else _checked(refusal)
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return _checked(response)
        return _checked_later(response)


async def _ready(response: HttpResponseBase) -> HttpResponseBase:
    return response


async def _checked_later(response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return _checked(await response)


def _checked(response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code == 405:
        refusal = error_response(InvalidRequest("This method is not allowed here.", status=405))
        if "Allow" in response:
            refusal["Allow"] = response["Allow"]
        return _with_headers(refusal)
    return _with_headers(response)


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """What Django's middleware sets elsewhere (see `superschedules.server.middleware`)."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if isinstance(response, HttpResponse) and "Content-Length" not in response:
        response["Content-Length"] = str(len(response.content))
    return response


def is_api(request: HttpRequest) -> bool:
    """Whether a request is one of the API's."""
    return request.path_info.startswith(_PREFIX)
