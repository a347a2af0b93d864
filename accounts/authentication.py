"""Bearer tokens: who is asking.

A request carries `Authorization: Bearer <access token>`. Nothing reads a
cookie. The token is checked by `ninja_jwt`; this module turns its outcomes
into the contract's error codes. Where events are written, the key of a service
token may stand in its place.
"""

from __future__ import annotations

from typing import Any

import jwt
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja_jwt.exceptions import TokenError
from ninja_jwt.settings import api_settings
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from ninja_jwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import User
from accounts.service_tokens import is_service_key, user_of_service_key
from core.database import in_database
from core.errors import AuthFailed, AuthRequired, Forbidden, TokenExpired, TokenInvalid


def issue_tokens(user: User) -> dict[str, str]:
    """A new pair `{access, refresh}` for a user."""
    refresh = RefreshToken.for_user(user)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def rotate_tokens(refresh: str) -> dict[str, str]:
    """A new pair for a refresh token, which is dead from then on.

    Raises:
        TokenExpired, TokenInvalid: the token is too old, used, or no refresh token.
        AuthFailed: its user is gone or inactive.
    """
    token = _checked(RefreshToken, refresh)
    user = _active_user(token)
    _, first_use = token.blacklist()
    if not first_use:  # two refreshes raced; only one may win
        raise TokenInvalid
    return issue_tokens(user)


def revoke_token(refresh: str) -> None:
    """Makes a refresh token useless; one that is already dead stays so.

    Raises:
        TokenExpired, TokenInvalid: as their names say.
    """
    _checked(RefreshToken, refresh).blacklist()


def revoke_all_tokens(user: User) -> None:
    """Makes all refresh tokens of a user useless; access tokens end by themselves."""
    alive = OutstandingToken.objects.filter(user_id=user.pk, blacklistedtoken=None)
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in alive], ignore_conflicts=True
    )


def user_of_access_token(access: str) -> User:
    """The active user of an access token.

    Raises:
        TokenExpired, TokenInvalid, AuthFailed: as their names say.
    """
    return _active_user(_checked(AccessToken, access))


def _checked(kind: type[Token], encoded: str) -> Any:
    try:
        return kind(encoded)
    except TokenError as error:
        if _has_expired(encoded):
            raise TokenExpired from error
        raise TokenInvalid from error


def _has_expired(encoded: str) -> bool:
    """Whether age is all that is wrong with a token: its signature still holds."""
    try:
        jwt.decode(encoded, str(api_settings.SIGNING_KEY), algorithms=[api_settings.ALGORITHM])
    except jwt.ExpiredSignatureError:
        return True
    except jwt.PyJWTError:
        return False
    return False


def _active_user(token: Any) -> User:
    user = User.objects.active_by_id(token.get(api_settings.USER_ID_CLAIM))
    if user is None:
        raise AuthFailed
    return user


class BearerAuth(HttpBearer):
    """Requires an access token; `request.auth` is the user."""

    openapi_bearerFormat = "JWT"  # noqa: N815 (the name that ninja reads)

    def __call__(self, request: HttpRequest) -> Any:
        return self.authenticate(request, _bearer_token(request))

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return user_of_access_token(token)


class WriterAuth(BearerAuth):
    """Requires a staff member's access token, or a service token of the scope.

    `request.auth` is the user in whose name it is done.
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        if is_service_key(token):
            return user_of_service_key(token, self._scope)
        user = user_of_access_token(token)
        if not user.is_staff:
            raise Forbidden
        return user


def signed_in_user(request: HttpRequest) -> User:
    """Who a request is from, by either kind of token and whatever it may do.

    Raises:
        AuthRequired, TokenExpired, TokenInvalid, AuthFailed: as their names say.
    """
    token = _bearer_token(request)
    return user_of_service_key(token) if is_service_key(token) else user_of_access_token(token)


class AsyncBearerAuth(BearerAuth):
    """The same for asynchronous views, without blocking the event loop."""

    async def __call__(self, request: HttpRequest) -> Any:
        return await in_database(user_of_access_token, _bearer_token(request))


class ClaimBearerAuth(BearerAuth):
    """Requires a token that holds; `request.auth` is the id of the user that it claims.

    For views that look whether there is such a user, with `require_active`, in the
    same visit to the database as everything else.
    """

    async def __call__(self, request: HttpRequest) -> int:
        token = _checked(AccessToken, _bearer_token(request))
        claimed = str(token.get(api_settings.USER_ID_CLAIM))
        if not claimed.isdecimal():
            raise AuthFailed
        return int(claimed)


def require_active(user_id: int) -> int:
    """The id that a token claims, if it is an active user's.

    Raises:
        AuthFailed: the user is gone or inactive.
    """
    if not User.objects.is_active_id(user_id):
        raise AuthFailed
    return user_id


def claimed_id(request: HttpRequest) -> int:
    """What `ClaimBearerAuth` found."""
    claimed: int = request.auth  # type: ignore[attr-defined]
    return claimed


def _bearer_token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthRequired
    return token.strip()
