"""Mails the new matches of followed searches: at most one mail a day to each user."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from api.http.responses import own_base
from web.digests import collect_digests, send_waiting


class Command(BaseCommand):
    help = (
        "Mails each user the new matches of the searches they follow by mail, at most once a day "
        "and never an event twice. Run it daily, or more often; it may be run twice or be killed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
            raise CommandError(
                "No mail can be sent: set EMAIL_URL, such as smtp://user:password@host:587/"
                "?starttls=true, and PUBLIC_URL, which the links in mails begin with."
            )
        now = timezone.now()
        collected = collect_digests(now=now, today=timezone.localdate(now))
        done = send_waiting(base=own_base(), now=now)
        self.stdout.write(
            f"{collected} collected, {done.sent} sent, {done.failed} failed,"
            f" {done.dropped} no longer wanted"
        )
