"""Makes, finds and ends followed searches; their addresses are signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from core.errors import InvalidRequest
from events.models import Feed

MOST_FEEDS = 100
_TITLE_LENGTH = 300


def create_feed(
    *,
    user_id: int,
    title: str,
    constraints: Mapping[str, Any],
    rule: Mapping[str, Any],
    digest: str = "",
) -> Feed:
    """Keeps a search for a user to follow.

    Raises:
        InvalidRequest: the user follows `MOST_FEEDS` already.
    """
    if Feed.objects.owned_by(user_id).count() >= MOST_FEEDS:
        raise InvalidRequest(f"You follow {MOST_FEEDS} searches already. Delete one first.")
    return Feed.objects.create(
        user_id=user_id,
        title=" ".join(title.split())[:_TITLE_LENGTH],
        constraints=dict(constraints),
        rule=dict(rule),
        digest=digest,
    )


def update_feed(
    *, user_id: int, feed_id: int, title: str | None = None, digest: str | None = None
) -> Feed | None:
    """Changes what is given of a user's feed; None when there is no such feed of theirs."""
    with transaction.atomic():
        mine = Feed.objects.owned_by(user_id).filter(pk=feed_id)
        feed = mine.select_for_update(of=("self",)).first()
        if feed is None:
            return None
        if digest is not None:
            feed.digest = digest
        if title is not None:
            feed.title = " ".join(title.split()) or feed.title
        feed.save(update_fields=["digest", "title"])
    return feed


def delete_feed(*, user_id: int, feed_id: int) -> bool:
    """Revokes a user's feed, and with it its addresses; False when there is none."""
    with transaction.atomic():
        mine = Feed.objects.owned_by(user_id).filter(pk=feed_id)
        feed = mine.select_for_update(of=("self",)).first()
        if feed is not None:
            feed.delete()
    return feed is not None


def feed_token(feed: Feed) -> str:
    """The secret part of a feed's address: its key with a signature of this installation."""
    return _signer("events.feed").sign(feed.key.hex)


def feed_of_token(token: str) -> Feed | None:
    """The feed of an address; None when it is forged, revoked, or its owner is gone."""
    try:
        key = UUID(_signer("events.feed").unsign(token))
    except (BadSignature, ValueError):
        return None
    return Feed.objects.readable().filter(key=key).first()


def unsubscribe_token(user_id: int) -> str:
    """The token of an unsubscribe link, which ends all mails to its reader without signing in."""
    return _signer("events.unsubscribe").sign(str(user_id))


def reader_of_token(token: str) -> int | None:
    """The user of such a token; None when it is forged."""
    try:
        return int(_signer("events.unsubscribe").unsign(token))
    except (BadSignature, ValueError):
        return None


def stop_digests(*, user_id: int) -> None:
    """Ends all mails to a user; the calendars stay."""
    Feed.objects.owned_by(user_id).exclude(digest="").update(digest="")


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")
