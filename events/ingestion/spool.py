"""Keeps the drafts of one import on the disk, so that a large file needs little memory."""

from __future__ import annotations

import pickle
from array import array
from tempfile import SpooledTemporaryFile

from events.ingestion.types import EventDraft

_IN_MEMORY = 16 * 1024 * 1024


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
        content = pickle.dumps(draft, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._end)
        self._file.write(content)
        self._offsets.append(self._end)
        self._end += len(content)
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> EventDraft:
        self._file.seek(self._offsets[number])
        # Nobody else can write to a file without a name.
        draft: EventDraft = pickle.load(self._file)  # noqa: S301
        return draft

    def close(self) -> None:
        """Gives the disk back before the object goes."""
        self._file.close()

    def __del__(self) -> None:
        self._file.close()
