"""The HTTP API, version 1: every router under /api/v1."""

from __future__ import annotations

from accounts.authentication import BearerAuth
from api.accounts.tokens import router as auth_router
from api.accounts.users import router as user_router
from api.calendars import router as calendar_router
from api.chat.branches import router as branch_router
from api.chat.conversations import router as chat_router
from api.chat.generations import router as generation_router
from api.chat.suggestions import router as suggestion_router
from api.chat.traces import router as trace_router
from api.chat.understand import router as preview_router
from api.events.export import router as event_export_router
from api.events.write import router as event_router
from api.feeds import router as feed_router
from api.http.errors import register_error_handlers
from api.http.idempotency import repeatable
from api.http.openapi import DocumentedAPI
from api.http.parsing import StrictParser
from api.imports import router as import_router
from api.locations import router as location_router
from api.service import router as service_router
from api.tools import router as tool_router
from chat_service.app import router as turn_router

api = DocumentedAPI(
    title="Superschedules",
    version="1",
    description="A chat assistant that finds real events.",
    auth=BearerAuth(),
    parser=StrictParser(),
    urls_namespace="api-v1",
)
for router in (
    auth_router,
    user_router,
    chat_router,
    branch_router,
    turn_router,
    generation_router,
    preview_router,
    suggestion_router,
    trace_router,
    event_export_router,  # before the events: "5.ics" is no id
    event_router,
    import_router,
    feed_router,
    calendar_router,
    tool_router,
    location_router,
    service_router,
):
    api.add_router("", router)
api.add_decorator(repeatable, mode="view")  # "view": around authentication and all
register_error_handlers(api)
