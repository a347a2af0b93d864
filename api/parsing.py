"""Bodies that are read by hand, where an operation takes more than one kind of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as PydanticError

from accounts.errors import InvalidRequest

S = TypeVar("S", bound=Schema)


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        HttpError: 400, it is no JSON.
        InvalidRequest: it is no object.
    """
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        raise HttpError(400, "not JSON") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The request body must be a JSON object.")
    return value


def validated(schema: type[S], values: Mapping[str, Any]) -> S:
    """The values as a schema.

    Raises:
        ValidationError: as for a body that ninja reads itself.
    """
    try:
        return schema.model_validate(dict(values))
    except PydanticError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise ValidationError([dict(problem) for problem in problems]) from None
