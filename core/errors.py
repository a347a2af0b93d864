"""The one tree of errors that a client can see.

    AppError
    ├── AuthRequired          401 auth_required
    ├── TokenExpired          401 token_expired
    ├── TokenInvalid          401 token_invalid
    ├── AuthFailed            401 auth_failed
    ├── Forbidden             403 forbidden
    ├── NotFound              404 not_found
    ├── InvalidRequest        422 invalid_request
    ├── GenerationInProgress  409 generation_in_progress
    ├── IdempotencyMismatch   422 idempotency_mismatch
    ├── RateLimited           429 rate_limited
    ├── LLMUnavailable        503 llm_unavailable
    ├── LLMTimeout            504 llm_timeout
    ├── RetrievalError        503 retrieval_error
    └── ServerError           500 server_error

Vendor errors are translated into these once, at the adapter that met them. A
detail is written for a person and never carries an exception's text.

The tree stands in the lowest layer so that every layer can raise from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ninja import Schema


class AppError(Exception):
    """An error with a machine code, a sentence for a person and an HTTP status.

    Args:
        detail: the sentence; the class's own default when omitted.
        fields: request field name → what is wrong with it.
        status: overrides the class's HTTP status (malformed JSON is 400).
        retry_after: seconds for the ``Retry-After`` header.
    """

    code: ClassVar[str] = "server_error"
    default_status: ClassVar[int] = 500
    default_detail: ClassVar[str] = "Something went wrong on our side. Please try again."
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.fields = dict(fields or {})
        self.status = status or self.default_status
        self.retry_after = retry_after
        super().__init__(self.detail)


class AuthRequired(AppError):
    code = "auth_required"
    default_status = 401
    default_detail = "Sign in first: send an access token as 'Authorization: Bearer …'."


class TokenExpired(AppError):
    code = "token_expired"
    default_status = 401
    default_detail = "This token has expired. Get a new one."


class TokenInvalid(AppError):
    code = "token_invalid"
    default_status = 401
    default_detail = "This token is not valid here."


class AuthFailed(AppError):
    code = "auth_failed"
    default_status = 401
    default_detail = "No active account was found with these credentials."


class Forbidden(AppError):
    code = "forbidden"
    default_status = 403
    default_detail = "Your account may not do this."


class NotFound(AppError):
    code = "not_found"
    default_status = 404
    default_detail = "There is nothing here."


class InvalidRequest(AppError):
    code = "invalid_request"
    default_status = 422
    default_detail = "The request is not valid."


class GenerationInProgress(AppError):
    code = "generation_in_progress"
    default_status = 409
    default_detail = "An answer is already being written in this conversation."
    retryable = True


class IdempotencyMismatch(AppError):
    code = "idempotency_mismatch"
    default_status = 422
    default_detail = "This Idempotency-Key was used with another request."


class RateLimited(AppError):
    code = "rate_limited"
    default_status = 429
    default_detail = "Too many requests. Please wait a moment."
    retryable = True


class LLMUnavailable(AppError):
    code = "llm_unavailable"
    default_status = 503
    default_detail = "The language model is not available right now."
    retryable = True


class LLMTimeout(AppError):
    code = "llm_timeout"
    default_status = 504
    default_detail = "The language model took too long to answer."
    retryable = True


class RetrievalError(AppError):
    code = "retrieval_error"
    default_status = 503
    default_detail = "Events could not be searched right now. Please try again."
    retryable = True


class ServerError(AppError):
    """Anything that no other class names; its detail says nothing of the cause."""


def error_classes() -> dict[str, type[AppError]]:
    """Each code's class."""
    return {kind.code: kind for kind in AppError.__subclasses__()}


class ErrorOut(Schema):
    """The one shape of every error."""

    code: str
    detail: str
    fields: dict[str, str] = {}
