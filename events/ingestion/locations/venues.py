"""Identifies venues across spellings, and stores them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from functools import lru_cache
from operator import attrgetter

from django.utils import timezone

from core.text import fold_name
from events.ingestion.records import VenueDraft
from events.models import Venue

_RANK = {"": 0, "place": 1, "venue": 2}
_FIELDS = tuple(field.name for field in fields(VenueDraft))
_values = attrgetter(*_FIELDS)


@lru_cache(maxsize=4096)
def venue_key(draft: VenueDraft) -> str:
    """Folded name plus place; "The Orange Peel" and "Orange Peel" of one town are one.

    >>> venue_key(VenueDraft("The Orange Peel", place_id=4453066))
    'orange peel|4453066'
    """
    place = str(draft.place_id or "") or fold_name(f"{draft.city} {draft.state} {draft.country}")
    if not place and draft.latitude is not None and draft.longitude is not None:
        place = _point_key(draft.latitude, draft.longitude)
    return f"{_name_key(draft.name)}|{place[:90]}"


def _point_key(latitude: float, longitude: float) -> str:
    """A point to about a kilometre; of one meridian's two names, 180 and -180, always one."""
    lat, lng = round(latitude, 2) + 0.0, round(longitude, 2) + 0.0  # no "-0.00"
    return f"{lat:.2f} {-180.0 if lng == 180 else lng:.2f}"


def _name_key(name: str) -> str:
    folded = fold_name(name).removeprefix("the ").replace(" and ", " ")
    return folded[:200] or name[:200]


def known_venue(name: str) -> VenueDraft | None:
    """The one stored venue of a name that has a point; None when there are several or none."""
    found = Venue.objects.filter(key__startswith=f"{_name_key(name)}|", latitude__isnull=False)[:2]
    venues = list(found)
    if len(venues) != 1:
        return None
    return VenueDraft(*_values(venues[0]))


def better(one: VenueDraft, other: VenueDraft) -> VenueDraft:
    """The two joined: the more exact point wins, and blanks are filled from the other."""
    if _RANK[other.precision] > _RANK[one.precision]:
        one, other = other, one
    filled = {
        name: getattr(one, name) or getattr(other, name)
        for name in ("street_address", "city", "state", "postal_code", "country", "timezone")
    }
    return VenueDraft(**(asdict(one) | filled))


def store_venues(drafts: Iterable[VenueDraft]) -> dict[str, Venue]:
    """Creates or completes the venues; returns them by key.

    Call it inside a transaction. What is known of a stored venue is never made
    less exact by a poorer feed.
    """
    wanted: dict[str, VenueDraft] = {}
    for draft in drafts:
        key = venue_key(draft)
        if key not in wanted:
            wanted[key] = draft
        elif draft != wanted[key]:
            wanted[key] = better(wanted[key], draft)
    stored = _stored(wanted)
    if missing := wanted.keys() - stored.keys():
        # Sorted, so that two imports at once take their locks in one order.
        fresh = [_model(key, wanted[key]) for key in sorted(missing)]
        Venue.objects.bulk_create(fresh, ignore_conflicts=True)
        stored |= _stored(missing)
    changed = [venue for key, venue in stored.items() if _complete(venue, wanted[key])]
    now = timezone.now()
    for venue in changed:
        venue.updated_at = now
    Venue.objects.bulk_update(changed, [*_FIELDS, "updated_at"])
    return stored


def _stored(keys: Collection[str]) -> dict[str, Venue]:
    return {venue.key: venue for venue in Venue.objects.filter(key__any_of=keys).order_by()}


def _model(key: str, draft: VenueDraft) -> Venue:
    return Venue(key=key, **{name: getattr(draft, name) for name in _FIELDS})


def _complete(venue: Venue, draft: VenueDraft) -> bool:
    """Adds to a stored venue what the draft knows better; whether anything changed."""
    known = VenueDraft(*_values(venue))
    if draft == known:
        return False
    best = better(known, draft)
    best = VenueDraft(**(asdict(best) | {"name": venue.name}))
    if best == known:
        return False
    for name in _FIELDS:
        setattr(venue, name, getattr(best, name))
    return True
