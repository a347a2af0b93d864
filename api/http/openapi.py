"""The OpenAPI document, with what holds for every operation and is declared by none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

STREAM = "text/event-stream"
_METHODS = {"get", "post", "put", "patch", "delete"}
_REFUSALS = {
    400: "The body is not JSON",
    401: "No valid token",
    413: "The body is too large",
    422: "Something in the request is not valid",
    500: "Something went wrong in the service",
    503: "The service is too busy, or cannot reach its database; see Retry-After",
}
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}
# OpenAPI 3.2's word for the items of a stream, which older tools pass over.
_EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "id": {"type": "string", "description": "<generation>:<offset>"},
        "event": {"type": "string", "description": "`reconnect`, else left out"},
        "retry": {"type": "integer"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/StreamChunk"},
        },
    },
}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key and body within 24 hours give the first result.",
}


class DocumentedAPI(NinjaAPI):
    """Ninja's API, whose document also tells what the edge answers."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for method, operation in _operations(schema):
            _complete(method, operation)
        return schema


def _operations(schema: OpenAPISchema) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in schema["paths"].values():
        for method, operation in item.items():
            if method in _METHODS:
                yield method, operation


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in _edge_statuses(operation):
        if status not in responses and str(status) not in responses:
            responses[status] = {"description": _REFUSALS[status], "content": _ERROR}
    for response in responses.values():
        content = response.get("content", {})
        if STREAM in content:
            content.pop("application/json", None)  # ninja takes a view's schema for JSON
            content[STREAM] = {"schema": {"type": "string"}, "itemSchema": _EVENT}
    if method == "post" and operation.get("security"):
        parameters = operation.setdefault("parameters", [])
        if all(each["name"] != IDEMPOTENCY_KEY["name"] for each in parameters):
            parameters.append(IDEMPOTENCY_KEY)


def _edge_statuses(operation: dict[str, Any]) -> Iterator[int]:
    if "requestBody" in operation:
        yield from (400, 413)
    if operation.get("security"):
        yield 401
    if "requestBody" in operation or operation.get("parameters"):
        yield 422
    yield from (500, 503)
