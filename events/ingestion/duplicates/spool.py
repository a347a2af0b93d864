"""Keeps drafts on the disk while their file is read, so that memory does not grow with it."""

from __future__ import annotations

import pickle
from array import array
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from typing import Any

from events.ingestion.records import EventDraft, VenueDraft

_IN_MEMORY = 16 * 1024 * 1024
# Drafts are kept as their values, which takes half the time that the objects would.
_EVENT = tuple(each.name for each in fields(EventDraft))
_VENUE = _EVENT.index("venue")
_values_of_event = attrgetter(*_EVENT)
_values_of_venue = attrgetter(*(each.name for each in fields(VenueDraft)))


class DraftSpool:
    """Drafts by number, in a file without a name that goes with this object.

    Small imports never touch the disk.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._offsets = array("Q")
        self._end = 0

    def __len__(self) -> int:
        return len(self._offsets)

    def append(self, draft: EventDraft) -> int:
        """Keeps a draft and returns its number."""
        values = list(_values_of_event(draft))
        values[_VENUE] = draft.venue and _values_of_venue(draft.venue)
        content = pickle.dumps(values, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._end)
        self._file.write(content)
        self._offsets.append(self._end)
        self._end += len(content)
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> EventDraft:
        self._file.seek(self._offsets[number])
        # Nobody else can write to a file without a name.
        values: list[Any] = pickle.load(self._file)  # noqa: S301
        values[_VENUE] = values[_VENUE] and _venue(values[_VENUE])
        return EventDraft(*values)

    def close(self) -> None:
        """Gives the disk back before the object goes."""
        self._file.close()

    def __del__(self) -> None:
        self._file.close()


@lru_cache(maxsize=4096)
def _venue(values: tuple[Any, ...]) -> VenueDraft:
    """One object for each venue: most events share theirs with others."""
    return VenueDraft(*values)
