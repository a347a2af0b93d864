"""An account from its beginning to its end: made, confirmed, changed, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Coalesce
from ninja_jwt.token_blacklist.models import OutstandingToken
from psycopg.errors import DeadlockDetected

from accounts.authentication import revoke_all_tokens
from accounts.mail import mail_reset, mail_verification, may_be_mailed
from accounts.models import User
from core.errors import AuthFailed, InvalidRequest, TokenExpired, TokenInvalid

_SALT = "accounts.verify-email"
VERIFICATION_DAYS = 7
_LONGEST_NAME = 150
_ATTEMPTS = 5


def register_user(*, email: str, password: str, names: Mapping[str, str], now: datetime) -> User:
    """A new, active user, to whom a code is mailed that confirms the address.

    `names` may have `username`, `first_name` and `last_name`; the username is made
    up from the address when it is not given.

    Raises:
        InvalidRequest: something is not valid, too weak, or taken.
    """
    given = {name: text for name, text in names.items() if text}
    email = User.objects.normalize_email(email)
    user = User(email=email, account_mailed_at=now, **given)
    user.username = user.username or _free_username(email)
    _require_good_password(password, user)
    user.set_password(password)
    _save_checked(user)
    mail_verification(user, _verification_token(user), days=VERIFICATION_DAYS)
    return user


def send_verification(email: str, *, now: datetime) -> None:
    """Mails the code once more, if there is somebody who needs it."""
    user = User.objects.by_email(email)
    is_waiting = user is not None and user.is_active and user.email_verified_at is None
    if user is not None and is_waiting and may_be_mailed(user, now=now):
        mail_verification(user, _verification_token(user), days=VERIFICATION_DAYS)


def verify_email(token: str, *, now: datetime) -> None:
    """Notes that a user's address is theirs. Twice is as good as once.

    Raises:
        TokenExpired: the code is too old.
        TokenInvalid: it is none, or the address has been changed since.
    """
    try:
        told = signing.loads(token, salt=_SALT, max_age=timedelta(days=VERIFICATION_DAYS))
    except signing.SignatureExpired as error:
        raise TokenExpired from error
    except signing.BadSignature as error:
        raise TokenInvalid from error
    known = User.objects.filter(pk=told["user"], email=told["email"], is_active=True)
    if not known.update(email_verified_at=Coalesce("email_verified_at", now)):
        raise TokenInvalid


def change_user(user_id: int, changes: Mapping[str, Any], *, now: datetime) -> User:
    """Changes names, the e-mail and the password, as far as they are given.

    A new address or password needs `current_password`. A new address is to be confirmed
    anew; a new password ends all refresh tokens.

    Raises:
        InvalidRequest: something is not valid, too weak, taken, or the password is wrong.
        AuthFailed: the account has been deleted meanwhile.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise AuthFailed
        is_new_address = _apply(user, changes, now=now)
        _save_checked(user)
        if changes.get("password"):
            revoke_all_tokens(user)
    if is_new_address:
        mail_verification(user, _verification_token(user), days=VERIFICATION_DAYS)
    return user


def _apply(user: User, changes: Mapping[str, Any], *, now: datetime) -> bool:
    """Puts the changes into a user; whether the address is another one."""
    email, password = changes.get("email"), changes.get("password")
    if (email or password) and not user.check_password(changes.get("current_password") or ""):
        raise _refusal("current_password", "is needed, and must be right, for this change")
    for name in ("username", "first_name", "last_name"):
        if name in changes:
            setattr(user, name, changes[name])
    if password:
        _require_good_password(password, user)
        user.set_password(password)
    is_new_address = bool(email) and User.objects.normalize_email(email) != user.email
    if is_new_address:
        user.email, user.email_verified_at = User.objects.normalize_email(email), None
        user.account_mailed_at = now
    return is_new_address


def set_new_password(user: User, password: str) -> None:
    """A new password of a user whose row is locked; it ends all refresh tokens.

    Raises:
        InvalidRequest: it is too weak.
    """
    _require_good_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    revoke_all_tokens(user)


def delete_user(user: User) -> None:
    """Deletes an account with everything that belongs to it, for good.

    Whoever writes something for this user meanwhile waits, and then finds nobody; where
    both wait for each other, Postgres ends one of them, and the deletion is tried again.
    """
    for attempt in range(_ATTEMPTS):
        try:
            _delete(user.pk)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == _ATTEMPTS - 1:
                raise


@transaction.atomic
def _delete(user_id: int) -> None:
    for user in User.objects.select_for_update().filter(pk=user_id):
        OutstandingToken.objects.filter(user_id=user_id).delete()
        user.delete()


def _save_checked(user: User) -> None:
    try:
        user.full_clean(exclude=["password"], validate_constraints=False)
        _require_free_email(user)
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        raise _refused(error) from error
    except IntegrityError as error:  # somebody else was faster
        raise _refusal("email", "or username is taken") from error


def _require_free_email(user: User) -> None:
    other = User.objects.by_email(user.email)
    if other is not None and other.pk != user.pk:
        raise _refusal("email", "is taken")


def _require_good_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _refusal("password", " ".join(error.messages)) from error


def _free_username(email: str) -> str:
    """The beginning of the address, or something like it that is free."""
    local = email.partition("@")[0][: _LONGEST_NAME - 9]
    wanted = "".join(each for each in local if each.isalnum() or each in ".+-_") or "user"
    if not User.objects.filter(username=wanted).exists():
        return wanted
    return f"{wanted}-{secrets.token_hex(4)}"


def _verification_token(user: User) -> str:
    return signing.dumps({"user": user.pk, "email": user.email}, salt=_SALT)


def _refused(error: ValidationError) -> InvalidRequest:
    fields = {name: " ".join(problems) for name, problems in error.message_dict.items()}
    listed = ", ".join(sorted(fields))
    return InvalidRequest(f"The request is not valid; see: {listed}.", fields=fields)


def _refusal(name: str, problem: str) -> InvalidRequest:
    return InvalidRequest(f"The request is not valid; see: {name}.", fields={name: problem})


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
