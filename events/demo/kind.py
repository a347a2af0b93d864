"""What a kind of event is: the words, hours, prices and people that it varies over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Slot = Literal["evening", "family", "day", "festival", "online"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    `titles`, `about` and `details` are templates over `{theme}`, `{Theme}` (the
    same with a capital), `{venue}`, `{area}` and `{town}`. `sorts` are sorts of
    venues, empty for an online kind. `starts` are local wall times ("19:30"),
    `minutes` lengths; an empty `starts` means all day, and `days` then says how
    many. `fees` are whole units of the town's currency; 0 is free. `ages` are
    whole years, both ends included. A `weekly` kind can be a series, a
    `hybrid` one can be attended online as well.
    """

    key: str
    slot: Slot
    titles: tuple[str, ...]
    about: tuple[str, ...]
    details: tuple[str, ...]
    themes: tuple[str, ...]
    sorts: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ("",)
    starts: tuple[str, ...] = ()
    minutes: tuple[int, ...] = (90,)
    days: int = 1
    fees: tuple[int, ...] = (0,)
    ages: tuple[int | None, int | None] = (None, None)
    audience: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    host: str = ""
    weekly: bool = False
    hybrid: bool = False
