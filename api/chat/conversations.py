"""Conversations: list, make, read, change, archive, delete; their messages and history."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import field_validator

from accounts.authentication import ClaimBearerAuth, claimed_id
from accounts.models import User
from api.http.pagination import MAX_LIMIT, Page, page_response
from api.schemas import BranchMessageOut, MessageOut, SessionOut, StatusOut
from chat_service.stores import conversations as store
from chat_service.stores.generations import running_generation
from chat_service.stores.session_list import SessionQuery, find_sessions
from chat_service.turns.requests import MESSAGE_MAX_LENGTH, ChatContext, clean_json, clean_text
from core.database import in_database
from core.errors import ErrorOut, NotFound
from events.models import ChatMessage, ChatSession

router = Router(tags=["conversations"])
DETAIL_MESSAGES = 50
SessionId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Title = Annotated[str, Field(max_length=200)]
Errors = {401: ErrorOut, 404: ErrorOut, 422: ErrorOut}


class SessionFilters(Page):
    """`q` searches titles and messages; `archived` true lists the archived ones instead."""

    q: Annotated[str, Field(max_length=200)] = ""
    archived: bool = False


class SessionIn(Schema):
    title: Title = ""
    context: ChatContext | None = None

    _clean_title = field_validator("title")(clean_text)


class SessionPatch(Schema):
    title: Title | None = None
    context: ChatContext | None = None
    is_active: bool | None = None
    model_settings: dict[str, Any] | None = None

    @field_validator("title", "model_settings")
    @classmethod
    def storable(cls, value: Any) -> Any:
        return clean_json(value)


class SessionDetail(Schema):
    """`running_generation_id` is the answer that is being written here."""

    session: SessionOut
    messages: list[BranchMessageOut]
    running_generation_id: UUID | None


class NoteIn(Schema):
    role: Literal["user"]
    content: Annotated[str, Field(max_length=4 * MESSAGE_MAX_LENGTH)]

    @field_validator("content")
    @classmethod
    def within_length(cls, content: str) -> str:
        text = clean_text(content).strip()
        if not 1 <= len(text) <= MESSAGE_MAX_LENGTH:
            raise ValueError(f"must have 1 to {MESSAGE_MAX_LENGTH:,} characters")
        return text


class HistoryEntry(Schema):
    role: str
    content: str


def _user(request: HttpRequest) -> User:
    user: User = request.auth  # type: ignore[attr-defined]
    return user


def _with_count(request: HttpRequest, session_id: int) -> ChatSession:
    session = (
        ChatSession.objects.owned_by(_user(request).pk)
        .with_message_count()
        .filter(pk=session_id)
        .first()
    )
    if session is None:
        raise NotFound("There is no such conversation.")
    return session


@router.get(
    "/chat/sessions",
    auth=ClaimBearerAuth(),
    response={200: list[SessionOut], 401: ErrorOut, 422: ErrorOut, 503: ErrorOut},
)
async def list_sessions(request: HttpRequest, filters: Query[SessionFilters]) -> HttpResponse:
    """My conversations, the most recently updated first."""
    words = clean_text(filters.q).strip()
    query = SessionQuery(words, filters.archived, filters.limit, filters.offset)
    found = await in_database(find_sessions, claimed_id(request), query)
    return page_response(request, found.rows, found.total, filters)


@router.post("/chat/sessions", response={201: SessionOut, 401: ErrorOut, 422: ErrorOut})
def create_session(request: HttpRequest, body: SessionIn) -> tuple[int, ChatSession]:
    """A new, empty conversation."""
    session = store.create_session(
        _user(request).pk, title=body.title, context=_stored(body.context)
    )
    return 201, _with_count(request, session.pk)


def _stored(context: ChatContext | None) -> dict[str, Any]:
    return {} if context is None else context.model_dump(mode="json", exclude_unset=True)


@router.get("/chat/sessions/{session_id}", response={200: SessionDetail, **Errors})
def get_session(request: HttpRequest, session_id: SessionId) -> SessionDetail:
    """A conversation with its latest 50 messages, oldest first."""
    session = _with_count(request, session_id)
    # Asked first: an answer that ends in between is then among the messages, too.
    running = running_generation(session.pk)
    messages = _latest(session.messages.current(), DETAIL_MESSAGES)
    return SessionDetail(
        session=SessionOut.model_validate(session),
        messages=BranchMessageOut.all_of(messages),
        running_generation_id=running.pk if running else None,
    )


def _latest(messages: Any, limit: int) -> list[ChatMessage]:
    return list(messages.with_referenced_events().order_by("-id")[:limit])[::-1]


@router.patch("/chat/sessions/{session_id}", response={200: SessionOut, **Errors})
def update_session(request: HttpRequest, session_id: SessionId, body: SessionPatch) -> ChatSession:
    """Changes what is given: title, context, model settings, whether it is active."""
    given = None if body.context is None else _stored(body.context)
    if body.model_settings is not None:
        given = {**(given or {}), "model_settings": body.model_settings}
    store.change_session(
        _user(request).pk, session_id, title=body.title, is_active=body.is_active, context=given
    )
    return _with_count(request, session_id)


@router.post("/chat/sessions/{session_id}/archive", response={200: StatusOut, **Errors})
def archive_session(request: HttpRequest, session_id: SessionId) -> dict[str, str]:
    """Takes a conversation out of the list; nothing is lost."""
    store.change_session(_user(request).pk, session_id, is_active=False)
    return {"status": "archived"}


@router.post("/chat/sessions/{session_id}/unarchive", response={200: StatusOut, **Errors})
def unarchive_session(request: HttpRequest, session_id: SessionId) -> dict[str, str]:
    """Puts a conversation back into the list."""
    store.change_session(_user(request).pk, session_id, is_active=True)
    return {"status": "unarchived"}


@router.post("/chat/sessions/{session_id}/clear", response={200: StatusOut, **Errors})
def clear_session(request: HttpRequest, session_id: SessionId) -> dict[str, str]:
    """Deletes the messages and forgets the standing constraints; the session stays."""
    store.clear_session(_user(request).pk, session_id)
    return {"status": "cleared"}


@router.delete("/chat/sessions/{session_id}", response={204: None, **Errors})
def delete_session(request: HttpRequest, session_id: SessionId) -> tuple[int, None]:
    """Deletes a conversation with all its messages, for good."""
    store.delete_session(_user(request).pk, session_id)
    return 204, None


class MessageFilters(Schema):
    """The latest `limit` messages before message `before_id`."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 20
    before_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


@router.get(
    "/chat/sessions/{session_id}/messages", response={200: list[BranchMessageOut], **Errors}
)
def list_messages(
    request: HttpRequest,
    response: HttpResponse,
    session_id: SessionId,
    filters: Query[MessageFilters],
) -> list[BranchMessageOut]:
    """The current branch's messages, oldest first; `before_id` goes further back."""
    messages = store.require_session(_user(request).pk, session_id).messages.current()
    response["X-Total-Count"] = str(messages.count())
    if filters.before_id is not None:
        messages = messages.filter(pk__lt=filters.before_id)
    page = _latest(messages, filters.limit)
    if page and messages.filter(pk__lt=page[0].pk).exists():
        query = f"limit={filters.limit}&before_id={page[0].pk}"
        target = request.build_absolute_uri(f"{request.path}?{query}")
        response["Link"] = f'<{target}>; rel="next"'
    return BranchMessageOut.all_of(page)


@router.post(
    "/chat/sessions/{session_id}/messages",
    response={201: MessageOut, 409: ErrorOut, **Errors},
)
def add_note(request: HttpRequest, session_id: SessionId, body: NoteIn) -> tuple[int, MessageOut]:
    """Adds a note of the user's own; no answer is written. Not while one is being written."""
    return 201, MessageOut.of(store.save_note(_user(request).pk, session_id, body.content))


@router.get("/chat/sessions/{session_id}/history", response={200: list[HistoryEntry], **Errors})
def get_history(
    request: HttpRequest,
    session_id: SessionId,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 10,
) -> list[dict[str, str]]:
    """The latest messages as the model sees them."""
    return store.get_conversation_history(
        store.require_session(_user(request).pk, session_id), limit
    )
