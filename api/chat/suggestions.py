"""What to ask: questions of one's own that fit what is typed so far, and some to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chat_service.turns.requests import clean_text
from core.errors import ErrorOut
from events.models import ChatMessage, ChatSession
from rag.service import constraints_from_json

router = Router(tags=["chat"])
# So many of the latest questions are looked through, and a longer one is no suggestion.
_LATEST, _LONGEST = 200, 120
_LATEST_SESSIONS = 10
_STARTERS = (
    "What's on{near} this weekend?",
    "Free things to do{near} today",
    "Something for kids{near} this weekend",
    "Live music{near} tonight",
    "Art and theatre{near} next week",
    "Outdoors{near} in the next two weeks",
    "Online events this week",
)


class Typed(Schema):
    """`q` is what is typed so far, or nothing."""

    q: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/chat/suggestions", response={200: list[str], 401: ErrorOut, 422: ErrorOut})
def list_suggestions(
    request: HttpRequest, response: HttpResponse, typed: Query[Typed]
) -> list[str]:
    """Questions to send as they are: one's own that contain `q`, the latest first, then others."""
    user_id: int = request.auth.pk  # type: ignore[attr-defined]
    words = " ".join(clean_text(typed.q).split()).casefold()
    found = list(dict.fromkeys(each for each in _candidates(user_id) if words in each.casefold()))
    response["X-Total-Count"] = str(len(found))
    return found[: typed.limit]


def _candidates(user_id: int) -> Iterator[str]:
    asked = ChatMessage.objects.owned_by(user_id).filter(role=ChatMessage.Role.USER)
    for content in asked.order_by("-id").values_list("content", flat=True)[:_LATEST]:
        question = " ".join(content.split())
        if len(question) <= _LONGEST:
            yield question
    place = _place_asked_about(user_id)
    for starter in _STARTERS:
        yield starter.format(near=f" near {place}" if place else "")


def _place_asked_about(user_id: int) -> str:
    """The centre of the latest conversation that has a named one."""
    sessions = ChatSession.objects.owned_by(user_id).order_by("-updated_at")
    for context in sessions.values_list("context", flat=True)[:_LATEST_SESSIONS]:
        stored = context.get("constraints")
        wishes = constraints_from_json(stored) if stored else None
        if wishes and wishes.place and wishes.place.kind != "point":
            return wishes.place.label
    return ""
