"""Splits iCalendar into unfolded, decoded lines and into entries, one at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from events.ingestion.errors import FileBroken
from events.ingestion.fetching.fetch import Fetched
from events.ingestion.formats.decoding import decode

# An entry is cut to this; what is longer is an attachment, not words.
MAX_ENTRY_BYTES = 512 * 1024
_PIECE = 64 * 1024
_MAX_FRAME_LINES = 20_000


@dataclass(slots=True)
class Frame:
    """The lines around the entries: the calendar's properties and its time zones."""

    head: list[str] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """The lines between BEGIN:VEVENT and END:VEVENT, without nested components."""

    lines: list[str] = field(default_factory=list)
    is_closed: bool = False
    is_too_large: bool = False


def logical_lines(fetched: Fetched) -> Iterator[str]:
    """Unfolded lines; bytes are joined first, since folding may part a letter."""
    with _opened(fetched) as file:
        parts: list[bytes] = []
        size = 0
        starts_line = True
        while piece := file.readline(_PIECE):
            continues = not starts_line or piece[:1] in (b" ", b"\t")
            if not continues:
                if parts:
                    yield _decoded(b"".join(parts))
                parts, size = [], 0
            text = piece.rstrip(b"\r\n")
            if continues and starts_line:
                text = text[1:]
            size += len(text)
            if size <= MAX_ENTRY_BYTES:
                parts.append(text)
            starts_line = piece.endswith(b"\n")
        if parts:
            yield _decoded(b"".join(parts))


def _opened(fetched: Fetched) -> BinaryIO:
    """The file with line feeds, in UTF-8 or an old 8-bit encoding, without its mark."""
    head = fetched.head(_PIECE)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return io.BytesIO(decode(fetched.read()).encode("utf-8", "replace"))
    if b"\n" not in head and b"\r" in head:
        return io.BytesIO(fetched.read().replace(b"\r", b"\n"))
    file = fetched.open()
    if head[:3] == b"\xef\xbb\xbf":
        file.seek(3)
    return file


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return decode(line)


def blocks(fetched: Fetched, frame: Frame) -> Iterator[Block]:
    """Each VEVENT of a file; what stands around them is put into `frame` on the way.

    An entry that is never closed ends where the next one begins, so that one
    damaged entry costs only itself. Alarms, to-dos and the like are passed by.

    Raises:
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    parting = _Parting(frame)
    last = ""
    for line in logical_lines(fetched):
        bare = line.strip()
        if not bare:
            continue
        if not last and bare.upper() != "BEGIN:VCALENDAR":
            break
        last = bare
        if (block := parting.take(line, bare)) is not None:
            yield block
    if not last:
        raise FileBroken("The file does not begin like an iCalendar file (BEGIN:VCALENDAR).")
    if last.upper() != "END:VCALENDAR":
        raise FileBroken("The iCalendar file is cut off: END:VCALENDAR is missing at its end.")


class _Parting:
    """Puts line after line where it belongs; holds at most one entry."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._block: Block | None = None
        self._size = 0
        self._zone: list[str] | None = None
        self._nested: list[str] = []
        self._frame_lines = 0

    def take(self, line: str, bare: str) -> Block | None:
        """The block that this line completes, if any."""
        marker = bare[:60].upper()
        if marker == "BEGIN:VEVENT":
            done, self._block, self._size, self._nested = self._block, Block(), 0, []
            self._zone = None
            return done
        if self._block is None:
            self._take_frame(line, marker)
            return None
        if marker in ("END:VEVENT", "END:VCALENDAR"):
            done, self._block = self._block, None
            done.is_closed = marker == "END:VEVENT"
            return done
        self._take_entry(line, marker, self._block)
        return None

    def _take_entry(self, line: str, marker: str, block: Block) -> None:
        if self._is_nested(marker):
            return
        self._size += len(line)
        if self._size > MAX_ENTRY_BYTES:
            block.is_too_large = True
        else:
            block.lines.append(line)

    def _take_frame(self, line: str, marker: str) -> None:
        if marker == "BEGIN:VTIMEZONE":
            self._zone, self._nested = [line], []
            return
        if self._zone is None:
            if not self._is_nested(marker) and marker not in ("BEGIN:VCALENDAR", "END:VCALENDAR"):
                self._count()
                self._frame.head.append(line)
            return
        self._count()
        self._zone.append(line)
        if marker == "END:VTIMEZONE":
            self._frame.zones.append(self._zone)
            self._zone = None

    def _count(self) -> None:
        self._frame_lines += 1
        if self._frame_lines > _MAX_FRAME_LINES:
            raise FileBroken("The iCalendar file's header has no end.")

    def _is_nested(self, marker: str) -> bool:
        """Whether the line belongs to a component inside (or is its edge)."""
        if marker.startswith("BEGIN:") and marker != "BEGIN:VCALENDAR":
            # The depth alone is kept, so that a million openings cost nothing.
            self._nested = [marker[6:]] if not self._nested else self._nested
            return True
        if self._nested and marker == f"END:{self._nested[0]}":
            self._nested = []
            return True
        return bool(self._nested)
