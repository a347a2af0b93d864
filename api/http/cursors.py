"""Where the next page of a list begins, as text for a URL that clients hand back unread.

A cursor names the order and the filters' "now", so that all pages are of one list. In an
order by relevance the cursor carries what is left of the list itself: a search that
is made anew would rank what came in meanwhile among what was already shown.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import InvalidRequest

_MOST_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Cursor:
    """`since` is the first page's "now". Either `key`, after which the page begins, or `ids`."""

    sort: str
    total: int
    since: datetime
    key: tuple[datetime | float, int] | None = None
    ids: tuple[int, ...] = ()

    def encoded(self) -> str:
        """The cursor as a URL-safe string."""
        value, event_id = self.key or (None, None)
        is_time = isinstance(value, datetime)
        told = {
            "sort": self.sort,
            "total": self.total,
            "since": self.since.isoformat(),
            "key": None if value is None else [value.isoformat() if is_time else value, event_id],  # type: ignore[union-attr]
            "ids": list(self.ids),
        }
        packed = zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor of a string.

    Raises:
        InvalidRequest: it is none of ours.
    """
    try:
        told = json.loads(_unpacked(text))
        return Cursor(
            sort=str(told["sort"]),
            total=_whole(told["total"]),
            since=_moment(told["since"]),
            key=None if told["key"] is None else _key(told["sort"], told["key"]),
            ids=tuple(_whole(each) for each in told["ids"]),
        )
    except (ValueError, TypeError, KeyError, zlib.error, RecursionError):
        raise InvalidRequest(
            "This cursor is not one of ours.",
            fields={"cursor": "must be taken from the Link header of the page before"},
        ) from None


def _unpacked(text: str) -> bytes:
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(packed, _MOST_BYTES)
    if unpacking.unconsumed_tail:
        raise ValueError("too long")
    return plain


def _key(sort: str, told: Any) -> tuple[datetime | float, int]:
    value, event_id = told
    if sort == "start":
        return _moment(value), _whole(event_id)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 5:
        raise ValueError("no distance")
    return float(value), _whole(event_id)


def _moment(told: Any) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None or not 1900 <= moment.year <= 2200:
        raise ValueError("no moment")
    return moment


def _whole(told: Any) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < 2**63:
        raise ValueError("no number")
    return told
