"""Lists are bare arrays; their size and next page stand in the headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

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
    total = rows.count()
    response["X-Total-Count"] = str(total)
    if page.offset + page.limit < total:
        following = {"limit": str(page.limit), "offset": str(page.offset + page.limit)}
        response["Link"] = link_to_next(request, following)
    return list(rows[page.offset : page.offset + page.limit])


def link_to_next(request: HttpRequest, following: Mapping[str, str]) -> str:
    """The `Link` header to the same list with other parameters; a cursor replaces an offset."""
    query = request.GET.copy()
    if "cursor" in following:
        query.pop("offset", None)
    for name, value in following.items():
        query[name] = value
    target = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return f'<{target}>; rel="next"'
