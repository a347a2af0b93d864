"""Lists are bare arrays; their size and next page stand in the headers."""

from __future__ import annotations

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
        query = request.GET.copy()
        query["limit"], query["offset"] = str(page.limit), str(page.offset + page.limit)
        target = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        response["Link"] = f'<{target}>; rel="next"'
    return list(rows[page.offset : page.offset + page.limit])
