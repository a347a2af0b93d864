"""The HTTP API, version 1: every router under /api/v1."""

from __future__ import annotations

from accounts.authentication import BearerAuth
from api.auth_views import router as auth_router
from api.branch_views import router as branch_router
from api.chat_views import router as chat_router
from api.errors import register_error_handlers
from api.event_exports import router as event_export_router
from api.event_writes import router as event_router
from api.feed_views import router as feed_router
from api.idempotency import repeatable
from api.import_views import router as import_router
from api.location_views import router as location_router
from api.openapi import DocumentedAPI
from api.parsing import StrictParser
from api.service_views import router as service_router
from api.user_views import router as user_router
from chat_service.app import router as turn_router
from chat_service.preview import router as preview_router
from chat_service.resuming import router as generation_router
from chat_service.suggestions import router as suggestion_router
from chat_service.traces import router as trace_router

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
    location_router,
    service_router,
):
    api.add_router("", router)
api.add_decorator(repeatable, mode="view")  # "view": around authentication and all
register_error_handlers(api)
