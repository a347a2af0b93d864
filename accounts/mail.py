"""Mails about an account: composed at once, sent in the background.

Who asks must not see, not even by the clock, whether there is somebody to write to.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models import Q

from accounts.models import User

log = logging.getLogger(__name__)

# So often at most is one user written to, whoever asks for it.
PAUSE = timedelta(minutes=1)
_VERIFY = (
    "Confirm your e-mail address",
    "This is the code with which your e-mail address is confirmed:",
    "It is good for {days} days. If you did not sign up, there is nothing to do.",
)
_RESET = (
    "Choose a new password",
    "This is the code with which you can choose a new password:",
    "It is good for {days} days, and once. If you did not ask for it, there is nothing to do.",
)


@cache
def _sender() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="account-mail")


def mail_verification(user: User, token: str, *, days: int) -> None:
    """Sends the code that confirms an address."""
    _sender().submit(_send, _composed(user, token, _VERIFY, days))


def mail_reset(user: User, token: str, *, days: int) -> None:
    """Sends the code with which a new password is chosen."""
    _sender().submit(_send, _composed(user, token, _RESET, days))


def may_be_mailed(user: User, *, now: datetime) -> bool:
    """Takes the user's turn to be written to; false while the last mail is too fresh."""
    rested = Q(account_mailed_at__isnull=True) | Q(account_mailed_at__lte=now - PAUSE)
    return bool(User.objects.filter(rested, pk=user.pk).update(account_mailed_at=now))


def _composed(user: User, token: str, words: tuple[str, str, str], days: int) -> EmailMessage:
    subject, before, after = words
    body = f"Hello,\n\n{before}\n\n{token}\n\n{after.format(days=days)}\n"
    return EmailMessage(subject, body, to=[user.email])


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        log.warning("account_mail_failed error=%s", type(error).__name__)
