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
_LARGE_PIECE = 1024 * 1024
# Where a calendar names the zone of its local times.
ZONE_NAMES = ("X-WR-TIMEZONE", "TIMEZONE-ID")
_MAX_FRAME_LINES = 20_000
_MAX_CALENDARS = 100_000


@dataclass(slots=True)
class Frame:
    """The lines around the entries of one calendar: its properties and its time zones.

    A file may hold several calendars; `number` tells them apart.
    """

    number: int = 0
    head: list[str] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)

    def value_of(self, name: str) -> str:
        """The first value of a property of the calendar; empty without one."""
        for line in self.head:
            head, colon, value = line.partition(":")
            if colon and head.partition(";")[0].strip().upper() == name:
                return value.strip()
        return ""


@dataclass(slots=True)
class Block:
    """The lines between BEGIN:VEVENT and END:VEVENT, without nested components."""

    frame: Frame
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


def blocks(fetched: Fetched) -> Iterator[Block]:
    """Each VEVENT of a file, with the calendar in which it stands.

    An entry that is never closed ends where the next one begins, so that one
    damaged entry costs only itself. Alarms, to-dos and the like are passed by, and so
    is what stands behind the end of a calendar.

    Raises:
        FileBroken: not a whole calendar, e.g. cut off before END:VCALENDAR.
    """
    parting = _Parting()
    for line in logical_lines(fetched):
        bare = line.strip()
        if not bare:
            continue
        if parting.frame is None and bare.upper() != "BEGIN:VCALENDAR":
            break
        if (block := parting.take(line, bare)) is not None:
            yield block
    if parting.frame is None:
        raise FileBroken("The file does not begin like an iCalendar file (BEGIN:VCALENDAR).")
    if parting.is_open:
        raise FileBroken("The iCalendar file is cut off: END:VCALENDAR is missing at its end.")


def frames_with_a_late_zone(fetched: Fetched) -> dict[int, Frame]:
    """The calendars by number, whole, if any names its zone behind its entries; else none.

    Nearly no file does, and looking for the names costs nothing beside reading it.
    """
    if not _names_zone_late(fetched):
        return {}
    return {block.frame.number: block.frame for block in blocks(fetched)}


def _names_zone_late(fetched: Fetched) -> bool:
    """Whether the name of such a property stands behind the first entry."""
    longest = max(map(len, ZONE_NAMES))
    with fetched.open() as file:
        rest, is_inside = b"", False
        while piece := file.read(_LARGE_PIECE):
            rest += piece
            if not is_inside:
                _, entry, behind = rest.partition(b"BEGIN:VEVENT")
                is_inside, rest = bool(entry), behind if entry else rest
            if is_inside and any(b"\n" + name.encode() in rest for name in ZONE_NAMES):
                return True
            rest = rest[-longest - 1 :]
    return False


class _Parting:
    """Puts line after line where it belongs; holds at most one entry."""

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.is_open = False
        self._block: Block | None = None
        self._size = 0
        self._zone: list[str] | None = None
        self._nested: list[str] = []
        self._frame_lines = 0

    def take(self, line: str, bare: str) -> Block | None:
        """The block that this line completes, if any."""
        marker = bare[:60].upper()
        if marker == "BEGIN:VCALENDAR":
            return self._begin_calendar()
        if self.frame is None or not self.is_open:
            return None
        if marker == "BEGIN:VEVENT":
            done, self._block, self._size, self._nested = self._block, Block(self.frame), 0, []
            self._zone = None
            return done
        if self._block is not None and marker not in ("END:VEVENT", "END:VCALENDAR"):
            self._take_entry(line, marker, self._block)
            return None
        self.is_open = marker != "END:VCALENDAR"
        if self._block is None:
            self._take_frame(line, marker, self.frame)
            return None
        done, self._block = self._block, None
        done.is_closed = self.is_open
        return done

    def _begin_calendar(self) -> Block | None:
        """Begins another calendar; one inside of another goes on with it."""
        if self.frame is None:
            self.frame, self.is_open = Frame(), True
            return None
        if self.is_open and not self.frame.head:
            return None
        done, self._block, self._zone, self._nested = self._block, None, None, []
        self.frame, self.is_open = Frame(self.frame.number + 1), True
        self._frame_lines = 0
        if self.frame.number > _MAX_CALENDARS:
            raise FileBroken(f"The file holds more than {_MAX_CALENDARS:,} calendars.")
        return done

    def _take_entry(self, line: str, marker: str, block: Block) -> None:
        if self._is_nested(marker):
            return
        self._size += len(line)
        if self._size > MAX_ENTRY_BYTES:
            block.is_too_large = True
        else:
            block.lines.append(line)

    def _take_frame(self, line: str, marker: str, frame: Frame) -> None:
        if marker == "BEGIN:VTIMEZONE":
            self._zone, self._nested = [line], []
            return
        if self._zone is None:
            if not self._is_nested(marker) and marker != "END:VCALENDAR":
                self._count()
                frame.head.append(line)
            return
        self._count()
        self._zone.append(line)
        if marker == "END:VTIMEZONE":
            frame.zones.append(self._zone)
            self._zone = None

    def _count(self) -> None:
        self._frame_lines += 1
        if self._frame_lines > _MAX_FRAME_LINES:
            raise FileBroken("The iCalendar file's header has no end.")

    def _is_nested(self, marker: str) -> bool:
        """Whether the line belongs to a component inside (or is its edge)."""
        if marker.startswith("BEGIN:"):
            # The depth alone is kept, so that a million openings cost nothing.
            self._nested = [marker[6:]] if not self._nested else self._nested
            return True
        if self._nested and marker == f"END:{self._nested[0]}":
            self._nested = []
            return True
        return bool(self._nested)
