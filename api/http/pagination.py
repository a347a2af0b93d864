"""Lists are bare arrays; their size and next page stand in the headers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from ninja.responses import NinjaJSONEncoder

M = TypeVar("M", bound=Model)
MAX_LIMIT = 100


class Page(Schema):
    """`limit` rows, `offset` rows further on."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def paginated(
    request: HttpRequest, response: HttpResponse, rows: QuerySet[M, Any], page: Page
) -> list[M]:
    """One page of `rows`; sets `X-Total-Count` and, when there is more, `Link: rel="next"`."""
    _describe(request, response, rows.count(), page)
    return list(rows[page.offset : page.offset + page.limit])


def page_response(
    request: HttpRequest, rows: Sequence[Mapping[str, Any]], total: int, page: Page
) -> HttpResponse:
    """The same for rows that are JSON already but for their times, without checking them again."""
    response = HttpResponse(
        json.dumps(rows, cls=NinjaJSONEncoder), content_type="application/json; charset=utf-8"
    )
    _describe(request, response, total, page)
    return response


def _describe(request: HttpRequest, response: HttpResponse, total: int, page: Page) -> None:
    response["X-Total-Count"] = str(total)
    if page.offset + page.limit < total:
        following = {"limit": str(page.limit), "offset": str(page.offset + page.limit)}
        response["Link"] = link_to_next(request, following)


def link_to_next(request: HttpRequest, following: Mapping[str, str]) -> str:
    """The `Link` header to the same list with other parameters; a cursor replaces an offset."""
    query = request.GET.copy()
    if "cursor" in following:
        query.pop("offset", None)
    for name, value in following.items():
        query[name] = value
    target = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return f'<{target}>; rel="next"'
