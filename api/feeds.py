"""The endpoints of followed searches: follow, list, change, revoke, and the feeds themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from api.events.lists import load_events, shown
from api.http.pagination import Page, paginated
from api.http.responses import base_of, conditional, links_from
from chat_service.turns.requests import clean_json, clean_text
from core.errors import ErrorOut, InvalidRequest, NotFound
from events.exports import FORMATS, Channel, export_event
from events.exports.feeds import create_feed, delete_feed, feed_of_token, feed_token, update_feed
from events.models import Feed
from rag.service import (
    FollowedSearch,
    constraints_from_json,
    constraints_to_json,
    describe_rule,
    describe_search,
    followed_ids,
    rule_from_json,
    rule_of_dates,
    rule_to_json,
    search_of_message,
)
from rag.types import AgeRange, Constraints

router = Router(tags=["feeds"])
Digest = Literal["daily", "weekly"]
FeedSuffix = Literal["ics", "rss", "json"]
FeedId = Annotated[int, Field(ge=1, le=2**63 - 1)]
_MOST_BYTES = 20_000
_FEED = "/api/v1/feeds/"


class FeedIn(Schema):
    """Either a message of one's own, whose search is followed, or `constraints` as
    `/chat/understand` gives them. `digest` true means weekly."""

    message_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    constraints: dict[str, Any] | None = None
    title: Annotated[str, Field(max_length=300)] = ""
    digest: bool | Digest | None = None


class FeedChange(Schema):
    """What is named is changed; `digest` null ends the mails."""

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    digest: bool | Digest | None = None


class FeedOut(Schema):
    """`when` tells `rule` in words. Whoever knows one of `urls` can read the feed, until it is
    deleted."""

    id: int
    title: str
    constraints: Mapping[str, Any]
    rule: Mapping[str, Any]
    when: str
    digest: Digest | None
    created_at: datetime
    url: str
    urls: Mapping[str, str]

    @classmethod
    def of(cls, feed: Feed, request: HttpRequest) -> FeedOut:
        address = f"{base_of(request)}{_FEED}{feed_token(feed)}"
        urls = {suffix: f"{address}.{suffix}" for suffix in ("ics", "rss", "json")}
        return cls(
            id=feed.pk,
            title=feed.title,
            constraints=feed.constraints,
            rule=feed.rule,
            when=describe_rule(rule_from_json(feed.rule)),
            digest=feed.digest or None,  # type: ignore[arg-type]
            created_at=feed.created_at,
            url=urls["ics"],
            urls=urls,
        )


def _described() -> dict[str, Any]:
    kinds = [FORMATS["ics"].content_type, FORMATS["rss"].content_type, "application/json"]
    content: dict[str, Any] = {kind.partition(";")[0]: {"schema": {}} for kind in kinds}
    return {"responses": {200: {"description": "OK", "content": content}}}


# Registered first, or an address would be taken for a feed's id.
@router.get(
    "/feeds/{token}.{suffix}",
    auth=None,
    response={404: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    openapi_extra=_described(),
)
def read_feed(request: HttpRequest, token: str, suffix: FeedSuffix) -> HttpResponseBase:
    """What matches a followed search now. The address itself is the permission."""
    feed = feed_of_token(token)
    constraints = constraints_from_json(feed.constraints) if feed else None
    if feed is None or constraints is None:
        raise NotFound("There is no such feed (any more).")
    now = timezone.now()
    events = load_events(followed_ids(constraints, rule_from_json(feed.rule), now=now))
    base = base_of(request)
    if suffix == "json":
        told = [each.model_dump(mode="json") for each in shown(events, constraints.place)]
        response = HttpResponse(json.dumps(told), content_type="application/json; charset=utf-8")
    else:
        form, links = FORMATS[suffix], links_from(base)
        channel = Channel(feed.title, f"{base}/")
        content = form.whole(channel, [export_event(event, links) for event in events])
        response = HttpResponse(content, content_type=form.content_type)
    response["X-Robots-Tag"] = "noindex"
    return conditional(request, response)


@router.api_operation(
    ["HEAD"], "/feeds/{token}.{suffix}", auth=None, include_in_schema=False, response=None
)
def look_at_feed(request: HttpRequest, token: str, suffix: FeedSuffix) -> HttpResponseBase:
    """The same for programs that first ask whether something changed; the server sends no body."""
    return read_feed(request, token, suffix)


@router.post("/feeds", response={201: FeedOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut})
def add_feed(request: HttpRequest, body: FeedIn) -> Status[FeedOut]:
    """Follows a search: from now on its addresses give whatever matches, dates relative again."""
    user_id: int = request.auth.pk  # type: ignore[attr-defined]
    if (body.message_id is None) == (body.constraints is None):
        raise InvalidRequest(
            "Name what to follow.",
            fields={"message_id": "give either message_id or constraints"},
        )
    if body.message_id is not None:
        followed = search_of_message(user_id, body.message_id)
    else:
        followed = _followed(body.constraints or {})
    title = clean_text(body.title).strip() or describe_search(followed.constraints, followed.rule)
    feed = create_feed(
        user_id=user_id,
        title=title,
        constraints=constraints_to_json(followed.constraints),
        rule=rule_to_json(followed.rule),
        digest=_digest(body.digest),
    )
    return Status(201, FeedOut.of(feed, request))


@router.get("/feeds", response={200: list[FeedOut], 401: ErrorOut, 422: ErrorOut})
def list_feeds(request: HttpRequest, response: HttpResponse, page: Query[Page]) -> list[FeedOut]:
    """The searches that I follow, the latest first."""
    mine = Feed.objects.owned_by(request.auth.pk)  # type: ignore[attr-defined]
    return [FeedOut.of(feed, request) for feed in paginated(request, response, mine, page)]


@router.patch(
    "/feeds/{feed_id}", response={200: FeedOut, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
)
def change_feed(request: HttpRequest, feed_id: FeedId, body: FeedChange) -> FeedOut:
    """Its title, and whether its new matches are mailed."""
    feed = update_feed(
        user_id=request.auth.pk,  # type: ignore[attr-defined]
        feed_id=feed_id,
        title=None if body.title is None else clean_text(body.title),
        digest=_digest(body.digest) if "digest" in body.model_fields_set else None,
    )
    if feed is None:
        raise NotFound("There is no such feed.")
    return FeedOut.of(feed, request)


@router.delete(
    "/feeds/{feed_id}", response={204: None, 401: ErrorOut, 404: ErrorOut, 422: ErrorOut}
)
def revoke_feed(request: HttpRequest, feed_id: FeedId) -> Status[None]:
    """Revokes its addresses at once."""
    if not delete_feed(user_id=request.auth.pk, feed_id=feed_id):  # type: ignore[attr-defined]
        raise NotFound("There is no such feed.")
    return Status(204, None)


def _digest(wanted: bool | str | None) -> str:
    if isinstance(wanted, str):
        return wanted
    return Feed.Digest.WEEKLY if wanted else Feed.Digest.NONE


def _followed(stored: Mapping[str, Any]) -> FollowedSearch:
    """The search of a client's constraints, with the rule that their dates suggest.

    Raises:
        InvalidRequest: they are none.
    """
    if len(json.dumps(stored)) <= _MOST_BYTES:
        constraints = constraints_from_json(clean_json(stored))
        if constraints is not None and _is_sound(constraints):
            return FollowedSearch(constraints, rule_of_dates(constraints, now=timezone.now()))
    raise InvalidRequest(
        "These constraints cannot be followed.",
        fields={"constraints": "must be an object as /chat/understand gives it"},
    )


def _is_sound_age(age: AgeRange | None) -> bool:
    ends = [] if age is None else [end for end in (age.min, age.max) if end is not None]
    return all(0 <= end <= 150 for end in ends)


def _is_sound(constraints: Constraints) -> bool:
    """Whether the values are such as a message could have meant."""
    try:
        ZoneInfo(constraints.timezone)
    except (KeyError, ValueError, OSError):
        return False
    dates = [each for each in (constraints.date_from, constraints.date_to) if each]
    miles = constraints.max_distance_miles
    return (
        all(1900 < each.year < 2200 for each in dates)
        and (len(dates) < 2 or dates[0] < dates[1])
        and (miles is None or (0 < miles <= 12_500 and constraints.place is not None))
        and (constraints.max_price is None or 0 <= constraints.max_price < 1e9)
        and _is_sound_age(constraints.age)
    )
