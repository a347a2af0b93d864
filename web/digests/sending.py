"""Sends the waiting mails; one that may already have left is never sent again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from smtplib import (
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from socket import gaierror

from django.core.mail import BadHeaderError
from django.db import transaction

from events.models import DigestMail
from web.digests.mail import compose_digest

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
# After these the mail was certainly not taken, so that it may be tried again.
_REFUSALS = (
    SMTPResponseException,
    SMTPRecipientsRefused,
    SMTPNotSupportedError,
    ConnectionRefusedError,
    gaierror,
)


@dataclass(slots=True)
class Sent:
    """Counts of a run. `dropped` are mails whose reader wants none any more."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0


def send_waiting(*, base: str, now: datetime) -> Sent:
    """Sends each waiting mail once; one that fails does not stop the others."""
    done, last = Sent(), 0
    while (mail := _claim(after=last)) is not None:
        last = mail.pk
        message = compose_digest(mail, base=base)
        if message is None:
            _conclude(mail, DigestMail.Status.FAILED)
            done.dropped += 1
            continue
        try:
            message.send()
        except _REFUSALS as error:
            log.warning("digest_refused mail=%s error=%s", mail.pk, type(error).__name__)
            is_last = mail.attempts >= MOST_ATTEMPTS
            _conclude(mail, DigestMail.Status.FAILED if is_last else DigestMail.Status.WAITING)
            done.failed += 1
        except (SMTPException, OSError, BadHeaderError, ValueError) as error:
            log.error("digest_failed mail=%s error=%s", mail.pk, type(error).__name__)
            _conclude(mail, DigestMail.Status.FAILED)
            done.failed += 1
        else:
            mail.sent_at = now
            _conclude(mail, DigestMail.Status.SENT)
            done.sent += 1
    return done


def _claim(*, after: int) -> DigestMail | None:
    """The next waiting mail, marked as being sent before it is."""
    waiting = DigestMail.objects.filter(status=DigestMail.Status.WAITING, pk__gt=after)
    with transaction.atomic():
        mail = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if mail is not None:
            mail.status = DigestMail.Status.SENDING
            mail.attempts += 1
            mail.save(update_fields=["status", "attempts"])
    return mail


def _conclude(mail: DigestMail, status: DigestMail.Status) -> None:
    mail.status = status
    mail.save(update_fields=["status", "sent_at"])
