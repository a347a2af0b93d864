"""Collects the digests that are due and stores them; nothing is sent here.

The mail, its events and the day of each feed are one commit, and the database
allows one mail a user and day, and each event once a user. So this may run twice,
at the same time, or be killed: what is not committed is collected by the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from core.errors import RetrievalError
from events.models import DigestedEvent, DigestMail, Feed
from rag.service import constraints_from_json, followed_ids, rule_from_json

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Matches:
    """A feed that is due, and what matches it now."""

    feed: Feed
    event_ids: Sequence[int]


def collect_digests(*, now: datetime, today: date) -> int:
    """Writes a mail for each user with a feed that is due and new matches; returns how many."""
    made = 0
    for user_id in _readers(today):
        try:
            matches = _matches(user_id, now=now, today=today)
        except RetrievalError:
            log.error("digest_search_failed", exc_info=True)
            continue  # the next run tries again; the others get theirs
        made += _write_mail(user_id, matches, today)
    return made


def due_feeds(today: date) -> QuerySet[Feed]:
    """Feeds with mails that had none today or, weekly ones, this week (from Monday)."""
    monday = today - timedelta(days=today.weekday())
    never = Q(digested_on__isnull=True)
    daily = Q(digest=Feed.Digest.DAILY) & (never | Q(digested_on__lt=today))
    weekly = Q(digest=Feed.Digest.WEEKLY) & (never | Q(digested_on__lt=monday))
    return Feed.objects.readable().filter(daily | weekly)


def _readers(today: date) -> Iterator[int]:
    """Users with feeds that are due and no mail today, one at a time; no query stays open."""
    last = 0
    while True:
        readers = User.objects.filter(
            pk__gt=last, pk__in=due_feeds(today).values("user_id"), email__contains="@"
        ).exclude(digest_mails__day=today)
        user_id = readers.order_by("pk").values_list("pk", flat=True).first()
        if user_id is None:
            return
        yield user_id
        last = user_id


def _matches(user_id: int, *, now: datetime, today: date) -> list[_Matches]:
    found = []
    for feed in due_feeds(today).filter(user_id=user_id).order_by("pk"):
        constraints = constraints_from_json(feed.constraints)
        if constraints is not None:
            ids = followed_ids(constraints, rule_from_json(feed.rule), now=now)
            found.append(_Matches(feed, ids))
    return found


def _write_mail(user_id: int, matches: Sequence[_Matches], today: date) -> bool:
    """Whether there was something new to write down; False too when another run was quicker."""
    everything = [event_id for each in matches for event_id in each.event_ids]
    try:
        with transaction.atomic():
            mailed = DigestedEvent.objects.filter(user_id=user_id, event_id__in=everything)
            seen = set(mailed.values_list("event_id", flat=True))
            sections, news = [], []
            for each in matches:
                new = [event_id for event_id in each.event_ids if event_id not in seen]
                seen.update(new)
                news += new
                if new:
                    sections.append({"feed_id": each.feed.pk, "event_ids": new})
            if not sections:
                return False
            mail = DigestMail.objects.create(user_id=user_id, day=today, content=sections)
            DigestedEvent.objects.bulk_create(
                DigestedEvent(mail=mail, user_id=user_id, event_id=event_id) for event_id in news
            )
            Feed.objects.filter(pk__in=[s["feed_id"] for s in sections]).update(digested_on=today)
    except IntegrityError:  # written by a run beside this one, or an event was just deleted
        log.info("digest_collected_elsewhere")
        return False
    return True
