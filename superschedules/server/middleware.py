"""Django's middleware, fit for an asynchronous server.

Django runs each synchronous step of a middleware in a thread, twice a request
and middleware; on an idle machine that took longer than all the rest of a small
API call. What only computes runs in the event loop here; what serves the pages
alone (sessions, cookies, messages) lets a path of the API pass untouched, since
nothing there reads a cookie.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase
from django.middleware import clickjacking, common, csrf, security
from django.utils.deprecation import MiddlewareMixin

_API = "/api/"


class InEventLoop(MiddlewareMixin):
    """Runs in the event loop the steps of middleware that waits for nothing."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before, after = (getattr(self, f"process_{step}", None) for step in ("request", "response"))
        response: HttpResponseBase | None = before(request) if before else None
        if response is None:
            response = await self.get_response(request)  # type: ignore[misc]
        if after is not None:
            response = after(request, response)
        assert response is not None
        return response


class PagesOnly(MiddlewareMixin):
    """Skips the API's paths, which need no session, cookie or message."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        checks_view = getattr(self, "process_view", None)
        if checks_view is not None and self.async_mode:
            self.process_view = _unless_api(sync_to_async(checks_view, thread_sensitive=True))

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if request.path_info.startswith(_API):
            return self.get_response(request)
        return super().__call__(request)


def _unless_api(checks_view: Any) -> Any:
    async def process_view(request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if request.path_info.startswith(_API):
            return None
        refusal: HttpResponseBase | None = await checks_view(request, *view)
        return refusal

    return process_view


class SecurityMiddleware(InEventLoop, security.SecurityMiddleware):
    pass


class CommonMiddleware(InEventLoop, common.CommonMiddleware):
    pass


class XFrameOptionsMiddleware(InEventLoop, clickjacking.XFrameOptionsMiddleware):
    pass


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    pass


class CsrfViewMiddleware(PagesOnly, csrf.CsrfViewMiddleware):
    pass


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    pass
