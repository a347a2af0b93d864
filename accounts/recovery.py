"""A forgotten password: a code by mail, good for one new password."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from accounts.errors import TokenInvalid
from accounts.mail import mail_reset, may_be_mailed
from accounts.models import User
from accounts.registration import set_new_password


def send_reset(email: str, *, now: datetime) -> None:
    """Mails a code to whoever has this address, if anybody."""
    user = User.objects.by_email(email)
    if user is None or not user.is_active or not may_be_mailed(user, now=now):
        return
    token = f"{user.pk}.{default_token_generator.make_token(user)}"
    mail_reset(user, token, days=settings.PASSWORD_RESET_TIMEOUT // 86_400)


def reset_password(token: str, password: str) -> None:
    """Sets the password of the user whom a code was mailed to. It is of no use a second time.

    Raises:
        TokenInvalid: the code is none, too old, or was used.
        InvalidRequest: the password is too weak; the code is still good.
    """
    user_id, _, code = token.strip().partition(".")
    with transaction.atomic():
        known = User.objects.select_for_update().filter(is_active=True)
        user = known.filter(pk=int(user_id)).first() if _is_id(user_id) else None
        if user is None or not default_token_generator.check_token(user, code):
            raise TokenInvalid
        set_new_password(user, password)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
