"""Django's middleware for pages and the admin, out of the way of the API.

Each of these runs in a thread, before and after the view. Nothing under /api/ reads a
cookie, so that its requests, and the streams above all, pass them by; the headers
they would have set are set in `api.middleware`.
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthentication
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessages
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessions
from django.http import HttpRequest
from django.middleware.clickjacking import XFrameOptionsMiddleware as DjangoXFrameOptions
from django.middleware.common import CommonMiddleware as DjangoCommon
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrf
from django.middleware.security import SecurityMiddleware as DjangoSecurity

from api.middleware import is_api


class PagesOnly:
    """To be mixed in before a middleware of Django's."""

    def __call__(self, request: HttpRequest) -> Any:
        if is_api(request):
            return self.get_response(request)  # type: ignore[attr-defined]
        return super().__call__(request)  # type: ignore[misc]


class SecurityMiddleware(PagesOnly, DjangoSecurity):
    pass


class SessionMiddleware(PagesOnly, DjangoSessions):
    pass


class CommonMiddleware(PagesOnly, DjangoCommon):
    pass


class AuthenticationMiddleware(PagesOnly, DjangoAuthentication):
    pass


class MessageMiddleware(PagesOnly, DjangoMessages):
    pass


class XFrameOptionsMiddleware(PagesOnly, DjangoXFrameOptions):
    pass


class CsrfViewMiddleware(PagesOnly, DjangoCsrf):
    async def process_view(self, request: HttpRequest, *arguments: Any) -> Any:  # type: ignore[override]
        if is_api(request):
            return None
        return await sync_to_async(super().process_view)(request, *arguments)
