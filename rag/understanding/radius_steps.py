"""Round distances to go to from another one: "anything further out?", "closer"."""

from __future__ import annotations

from rag.understanding.distances import FARTHEST_MILES

_ROUND_MILES = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 25.0, 40.0, 50.0, 75.0, 100.0, 150.0, 250.0)
# A smaller change of the radius than this would hardly be noticed.
_NOTICEABLE = 1.4


def wider_radii(miles: float) -> list[float]:
    """The round distances that are noticeably larger, in miles, the smallest first."""
    return [radius for radius in _ROUND_MILES if radius > miles * _NOTICEABLE]


def next_radius(miles: float, step: int) -> float:
    """The next round distance outwards (`step` 1) or inwards (-1); past the round ones, by two."""
    if step > 0:
        return next(iter(wider_radii(miles)), min(miles * 2, FARTHEST_MILES))
    smaller = [radius for radius in _ROUND_MILES if radius * _NOTICEABLE <= miles]
    return smaller[-1] if smaller else miles / 2
