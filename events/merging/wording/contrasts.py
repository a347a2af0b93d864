"""Finds in what two titles contradict each other: such events are two, whatever else they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.merging.wording.words import families_of, words_of

if TYPE_CHECKING:
    from events.merging.wording.titles import TitleWords

Contrast = tuple[str, str]

_CLOSED, _ALONE, _BODIES = (words_of(name) for name in ("closed", "alone", "bodies"))
_FAMILIES = families_of("contrasts")
# Words that set apart, whatever else they might be short for.
RULED = _ALONE.union(*_FAMILIES)
_PART_OF_A_BODY = "committee"
_NOTHING = "nothing"


def title_contrast(one: TitleWords, other: TitleWords) -> Contrast | None:
    """The words, numbers, letters, ages or dates in which two titles contradict each other."""
    if one.markers != other.markers and (found := one.markers.contrast(other.markers)):
        return found
    if one.telling & _CLOSED and other.telling & _CLOSED:
        return "closed", "closed"
    mine, theirs = one.every - other.every, other.every - one.every
    left, right = mine & RULED, theirs & RULED
    if left and right:
        for family in _FAMILIES:
            if left & family and right & family:
                return min(left & family), min(right & family)
    return _one_sided(mine, theirs, one.every & other.every) if left or right else None


def _one_sided(
    mine: frozenset[str], theirs: frozenset[str], shared: frozenset[str]
) -> Contrast | None:
    """A second team and a subcommittee are others than what is named without a word for it."""
    within_a_body = bool(shared & _BODIES)
    for words, order in ((mine, 1), (theirs, -1)):
        told = words & _ALONE
        if within_a_body and _PART_OF_A_BODY in words:
            told |= {_PART_OF_A_BODY}
        if told:
            first, second = (min(told), _NOTHING)[::order]
            return first, second
    return None
