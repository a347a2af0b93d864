"""The JSON schema of a tool's arguments, in the plain form that language models read best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def parameters_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model, without references, titles and "or null" of what is optional."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    plain: dict[str, Any] = _plain(schema, definitions)
    plain.pop("description", None)  # the tool's own says it
    plain.setdefault("properties", {})
    return plain


def _plain(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_plain(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        beside = {name: each for name, each in schema.items() if name != "$ref"}
        return _plain({**target, **beside}, definitions)
    if "anyOf" in schema:
        schema = _without_null(schema)
    return {
        name: _properties(each, definitions) if name == "properties" else _plain(each, definitions)
        for name, each in schema.items()
        if name != "title" and not (name == "default" and each is None)
    }


def _properties(properties: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """By name: a parameter may itself be called "title"."""
    return {name: _plain(each, definitions) for name, each in properties.items()}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [each for each in schema["anyOf"] if each != {"type": "null"}]
    beside = {name: each for name, each in schema.items() if name != "anyOf"}
    return {**choices[0], **beside} if len(choices) == 1 else {**beside, "anyOf": choices}
