"""JSON bodies: read strictly, by ninja as well as by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import ValidationError as PydanticError

from core.errors import InvalidRequest

S = TypeVar("S", bound=Schema)
# Far more than any client has use for, and far less than what takes Python to its limits.
DEEPEST = 100


class StrictParser(Parser):
    """Ninja's parser, which takes objects alone: of a list or a number it would read attributes."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return _object_of(request.body)


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        HttpError: 400, it is no JSON.
        InvalidRequest: it is no object, too deep, or has a number that is too large.
    """
    try:
        return _object_of(request.body)
    except ValueError:
        raise HttpError(400, "not JSON") from None


def _object_of(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise InvalidRequest("The request body must be a JSON object.")
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deep(value):
        raise _too_deep()
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise InvalidRequest("The request body has a number that is too large.")
    return number


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for each in level
            if isinstance(each, dict | list)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _too_deep() -> InvalidRequest:
    return InvalidRequest(f"The request body is nested more than {DEEPEST} levels deep.")


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
