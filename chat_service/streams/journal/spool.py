"""What could not be written to the database yet, in a file of this worker's own.

One JSON object a line: a row of the journal, or a whole answer with everything
that its saving needs. A worker locks its file for as long as it lives, so that
a file that can be locked was left by a dead one. A line that a crash cut short
is dropped.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any
from uuid import UUID

from chat_service.streams.journal.rows import Row

log = logging.getLogger(__name__)

_SUFFIX = ".spool"
# What is read, and written to the database, at once: its statements must not take too long.
PIECE_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Spooled:
    """A part of a spool, up to the byte `end`."""

    rows: Sequence[Row]
    answers: Sequence[Mapping[str, Any]]
    end: int


class SpoolFullError(Exception):
    """The spool has reached its size."""


class Spool:
    """The file of one worker. Its methods block: call them from a thread.

    Rows may fill three quarters of `max_bytes`; the rest is for answers.
    """

    def __init__(self, folder: Path, worker_id: UUID, max_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{worker_id}{_SUFFIX}"
        self._max_bytes = max_bytes
        self._file = _locked(self.path)
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    @property
    def is_empty(self) -> bool:
        return self._size == 0

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Keeps rows; raises `SpoolFullError` when there is no room for them."""
        lines = (
            json.dumps(
                {
                    "row": str(row.generation_id),
                    "first": row.first,
                    "last": row.last,
                    "frames": row.frames.decode(),
                }
            )
            for row in rows
        )
        self._write(lines, self._max_bytes * 3 // 4)

    def add_answer(self, answer: Mapping[str, Any]) -> None:
        """Keeps an answer that is to be saved, safe from a crash of the machine too."""
        self._write([json.dumps({"answer": answer})], self._max_bytes)
        try:
            os.fsync(self._file.fileno())
        except OSError as error:  # it stands there; only a crash of the machine could lose it
            log.error("spool_not_synced error=%s", error.strerror)

    def read(self, start: int) -> Spooled:
        """What was kept from a byte on: whole lines, a piece of them."""
        end = self._size
        return next(_pieces(self._file.fileno(), start, end), Spooled((), (), end))

    def clear(self) -> None:
        """Forgets everything, after it has been written to the database."""
        self._file.truncate(0)
        self._size = 0

    def close(self) -> None:
        """Gives the file up; an empty one is removed."""
        if self.is_empty:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _write(self, lines: Iterator[str] | Sequence[str], limit: int) -> None:
        content = "".join(line + "\n" for line in lines).encode()
        if self._size + len(content) > limit:
            raise SpoolFullError
        try:
            written = self._file.write(content)
        except OSError as error:
            log.error("spool_not_written error=%s", error.strerror)
            written = 0
        if written != len(content):  # the disk is full
            self._file.truncate(self._size)
            raise SpoolFullError
        self._size += len(content)


def _locked(path: Path) -> FileIO:
    """The file, opened and locked; a new one when somebody takes it for abandoned meanwhile."""
    while True:
        file = FileIO(path, "ab+")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(path, file.fileno()):
            return file
        file.close()


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a file that was opened by this path still is what stands there."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


@contextmanager
def abandoned_spool(path: Path) -> Iterator[Iterator[Spooled] | None]:
    """The contents of a dead worker's file, in pieces; it is removed when the block ends well.

    None when its worker lives, or somebody else recovers it or has done so.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(open(path, "rb"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (FileNotFoundError, BlockingIOError):
            yield None
            return
        if not _is_at(path, file.fileno()):  # recovered between the opening and the lock
            yield None
            return
        yield _pieces(file.fileno(), 0, os.fstat(file.fileno()).st_size)
        path.unlink(missing_ok=True)


def spool_files(folder: Path) -> list[Path]:
    """All workers' files."""
    return sorted(folder.glob(f"{'?' * 36}{_SUFFIX}"))


def worker_of(path: Path) -> UUID:
    """Whose file it is; raises ValueError for a strange name."""
    return UUID(path.name.removesuffix(_SUFFIX))


def _pieces(descriptor: int, start: int, end: int) -> Iterator[Spooled]:
    """What stands between two bytes, some whole lines at a time; half a line at the end is none."""
    at, begun = start, b""
    while (known := at + len(begun)) < end:
        content = begun + os.pread(descriptor, min(PIECE_BYTES, end - known), known)
        if len(content) == len(begun):  # the file is shorter than it was
            return
        lines, _, begun = content.rpartition(b"\n")
        if lines:
            at += len(lines) + 1
            yield _parsed(lines.split(b"\n"), at)


def _parsed(lines: Sequence[bytes], end: int) -> Spooled:
    rows: list[Row] = []
    answers: list[dict[str, Any]] = []
    for line in lines:
        try:
            entry = json.loads(line)
            if "answer" in entry:
                answers.append(entry["answer"])
            else:
                rows.append(_row(entry))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("spool_line_dropped bytes=%d", len(line))
    return Spooled(rows, answers, end)


def _row(entry: Mapping[str, Any]) -> Row:
    return Row(UUID(entry["row"]), entry["first"], entry["last"], entry["frames"].encode())
