"""The mapping data of one calendar product, and which of them a file is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from events.ingestion.formats.products.paths import values_at

_FOLDER = Path(__file__).parent
# So many of its entries are looked at to know a product by.
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Product:
    """How a product writes its events.

    `signs` are paths that lead somewhere in each of its files, `equal` are members with
    their values. `records` are paths to its entries, `instances` one within an entry to its
    dates. `fields` maps our names to paths, of which the first that says something counts;
    `units` tells which of them are numbers of seconds or milliseconds.
    """

    name: str
    signs: tuple[str, ...]
    records: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    equal: Mapping[str, str] = field(default_factory=dict)
    instances: str = ""
    timezone: str = ""
    units: Mapping[str, str] = field(default_factory=dict)

    def is_meant(self, value: Any) -> bool:
        """Whether a file has all of the product's signs."""
        return all(
            isinstance(value, dict) and value.get(name) == word for name, word in self.equal.items()
        ) and all(next(values_at(value, sign), None) is not None for sign in self.signs)


@cache
def products() -> tuple[Product, ...]:
    """All products whose files are JSON, those with the most signs first."""
    files = [path for path in sorted(_FOLDER.glob("*/*.toml")) if path.parent.name != "feeds"]
    found = [_read(path) for path in files]
    return tuple(sorted(found, key=lambda each: -len(each.signs) - len(each.equal)))


def _read(path: Path) -> Product:
    data = tomllib.loads(path.read_text("utf-8"))
    if "same_as" in data:
        other = tomllib.loads((_FOLDER / f"{data.pop('same_as')}.toml").read_text("utf-8"))
        data = {**other, "equal": {}, "timezone": "", **data}
    fields = {name: _paths(paths) for name, paths in data.pop("fields").items()}
    signs, records = tuple(data.pop("signs")), tuple(data.pop("records"))
    return Product(fields=fields, signs=signs, records=records, **data)


def _paths(paths: str | list[str]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else tuple(paths)


def find_product(value: Any) -> Product | None:
    """The product that a file of JSON is of, if it is a known one."""
    if not isinstance(value, dict | list):
        return None
    sample = _sampled(value, 3)
    return next((each for each in products() if each.is_meant(sample)), None)


def _sampled(value: Any, depth: int) -> Any:
    """The value with its long lists cut, since the first entries show whose it is."""
    if isinstance(value, list):
        return [_sampled(each, depth - 1) for each in value[:_SAMPLE]] if depth else value[:_SAMPLE]
    if isinstance(value, dict) and depth:
        return {name: _sampled(each, depth - 1) for name, each in value.items()}
    return value
