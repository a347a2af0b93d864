"""Turns every exception that reaches the edge into the contract's one error shape."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from psycopg.errors import ForeignKeyViolation

from core.errors import AppError, InvalidRequest, NotFound, ServerError

log = logging.getLogger(__name__)

# Parameters' places in pydantic's error locations, which no client needs to see.
_CONTAINERS = {"body", "query", "path", "header", "form", "payload", "filters", "[key]"}


def error_response(error: AppError) -> HttpResponse:
    """The JSON answer of an error, with `Retry-After` where it has one."""
    response = JsonResponse(
        {"code": error.code, "detail": error.detail, "fields": error.fields}, status=error.status
    )
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def register_error_handlers(api: NinjaAPI) -> None:
    """Every exception of a view becomes an `AppError`, the unforeseen ones too."""
    for kind, translate in _TRANSLATIONS.items():
        api.add_exception_handler(kind, _handler(translate))


def _handler(translate: Any) -> Any:
    def handle(request: HttpRequest, error: Exception) -> HttpResponse:
        return error_response(translate(error))

    return handle


def _from_validation(error: ValidationError) -> AppError:
    fields: dict[str, str] = {}
    for problem in error.errors:
        names = [str(part) for part in problem["loc"] if part not in _CONTAINERS]
        message = str(problem["msg"]).removeprefix("Value error, ")
        fields.setdefault(".".join(names) or "body", message)
    listed = ", ".join(sorted(fields))
    return InvalidRequest(f"The request is not valid; see: {listed}.", fields=fields)


def _from_http_error(error: HttpError) -> AppError:
    if isinstance(error.__cause__, AppError):  # from the parser; ninja makes every error a 400
        return error.__cause__
    if error.status_code == 400:
        return InvalidRequest("The request body is not valid JSON.", status=400)
    return ServerError(status=error.status_code)


def _from_database(error: Exception) -> AppError:
    log.error("database_unavailable", exc_info=error)
    return ServerError(
        "The service cannot reach its database right now. Please try again.",
        status=503,
        retry_after=5,
    )


def _from_integrity(error: Exception) -> AppError:
    if isinstance(error.__cause__, ForeignKeyViolation):
        return NotFound("What this belongs to has just been deleted.")
    return _unforeseen(error)


def _unforeseen(error: Exception) -> AppError:
    log.error("unforeseen_error", exc_info=error)
    return ServerError()


_TRANSLATIONS: dict[type[Exception], Any] = {
    AppError: lambda error: error,
    ValidationError: _from_validation,
    HttpError: _from_http_error,
    Http404: lambda _: NotFound(),
    SuspiciousOperation: lambda _: InvalidRequest("The request has too many parts."),
    RequestDataTooBig: lambda _: InvalidRequest("The request body is too large.", status=413),
    OperationalError: _from_database,
    InterfaceError: _from_database,
    IntegrityError: _from_integrity,
    Exception: _unforeseen,
}


def api_not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Any path under /api/ that no route answers."""
    return error_response(NotFound())
