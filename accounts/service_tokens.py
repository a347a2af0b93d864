"""Service tokens: long-lived keys of programs, of which only a digest is kept.

A key is shown once, when it is made: `sst_` and 43 random characters. It is as
long as its digest, so a plain SHA-256 is enough, and look-ups need no comparison
of secrets.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import ServiceToken, User
from core.errors import Forbidden, TokenExpired, TokenInvalid

PREFIX = "sst_"
_SHOWN = 12
# `last_used_at` is written at most this often, not with every request.
_USE_NOTED = timedelta(minutes=1)


def issue_service_token(
    *, user: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ServiceToken, str]:
    """A new token and its key, which cannot be read again."""
    key = PREFIX + secrets.token_urlsafe(32)
    token = ServiceToken.objects.create(
        user=user,
        name=name,
        scopes=list(dict.fromkeys(scopes)),
        expires_at=expires_at,
        prefix=key[:_SHOWN],
        digest=_digest(key),
    )
    return token, key


def revoke_service_token(token: ServiceToken) -> None:
    """Makes a token useless from now on; a revoked one keeps its time."""
    ServiceToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )


def is_service_key(text: str) -> bool:
    """Whether a bearer's text is meant as the key of a service token."""
    return text.startswith(PREFIX)


def user_of_service_key(key: str, scope: str | None = None) -> User:
    """The active user in whose name the key's bearer acts.

    Raises:
        TokenInvalid: unknown or revoked, or its user is gone or inactive.
        TokenExpired: as its name says.
        Forbidden: the token does not have the scope.
    """
    token = (
        ServiceToken.objects.select_related("user")
        .filter(digest=_digest(key), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if token is None:
        raise TokenInvalid
    now = timezone.now()
    if token.expires_at is not None and token.expires_at <= now:
        raise TokenExpired
    if scope is not None and scope not in token.scopes:
        raise Forbidden(f"This service token may not do this; it lacks the scope {scope}.")
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USE_NOTED)
    ServiceToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)
    return token.user


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
