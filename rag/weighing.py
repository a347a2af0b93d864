"""The ranking's weights as a request may adjust them: by name, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from rag.scoring import Weights

HEAVIEST = 10.0


def weight_names() -> tuple[str, ...]:
    """The factors that have a weight, as the ranking declares them."""
    return tuple(field.name for field in fields(Weights))


def weights_with(overrides: Mapping[str, float] | None) -> Weights:
    """The ranking's own weights, with some replaced."""
    return replace(Weights(), **(overrides or {}))
