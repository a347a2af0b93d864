"""Tokens: get a pair, renew it, revoke it."""

from __future__ import annotations

from typing import Annotated

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import model_validator

from accounts.authentication import issue_tokens, revoke_token, rotate_tokens
from accounts.models import User
from core.errors import AuthFailed, ErrorOut

router = Router(tags=["accounts"])


class Credentials(Schema):
    """A username or an e-mail, in either field, and the password."""

    username: Annotated[str, Field(max_length=254)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    password: Annotated[str, Field(min_length=1, max_length=1024)]

    @model_validator(mode="after")
    def names_somebody(self) -> Credentials:
        if not self.login:
            raise ValueError("give a username or an email")
        return self

    @property
    def login(self) -> str:
        return (self.username or self.email or "").replace("\x00", "").strip()


class Refresh(Schema):
    refresh: Annotated[str, Field(min_length=1, max_length=4096)]


class TokenPair(Schema):
    access: str
    refresh: str


@router.post("/token", auth=None, response={200: TokenPair, 401: ErrorOut})
def obtain_tokens(request: HttpRequest, credentials: Credentials) -> dict[str, str]:
    """Signs in with a username or an e-mail."""
    user = User.objects.by_login(credentials.login)
    if user is None:
        make_password(credentials.password)  # the same work as for a known name
        raise AuthFailed
    if not check_password(credentials.password, user.password) or not user.is_active:
        raise AuthFailed
    return issue_tokens(user)


@router.post("/token/refresh", auth=None, response={200: TokenPair, 401: ErrorOut})
def refresh_tokens(request: HttpRequest, body: Refresh) -> dict[str, str]:
    """A new pair for a refresh token, which cannot be used again."""
    return rotate_tokens(body.refresh)


@router.post("/token/revoke", auth=None, response={204: None, 401: ErrorOut})
def revoke(request: HttpRequest, body: Refresh) -> tuple[int, None]:
    """Makes a refresh token useless."""
    revoke_token(body.refresh)
    return 204, None
