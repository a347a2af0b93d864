"""Reads text files below one folder, and nothing else: `file_retrieval`.

The path is walked one name at a time from the folder's own descriptor, no link is followed, and
what is opened is looked at again: so nothing can be exchanged between a check and its use.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

from django.conf import settings
from pydantic import BaseModel, Field

from chat_service.tools.functions import tool
from core.errors import InvalidRequest, NotFound

_MOST_NAMES = 200
_DEEPEST = 16
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe would wait for its writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Retrieved(BaseModel):
    """A file's text, or the names in a folder (folders end with "/")."""

    path: str
    text: str | None = None
    size: int | None = None
    names: Sequence[str] | None = None


def _is_on() -> bool:
    return bool(settings.ENABLE_FILE_RETRIEVAL)


@tool(staff_only=True, enabled=_is_on)
async def file_retrieval(path: Annotated[str, Field(max_length=1000)] = "") -> Retrieved:
    """Reads a text file of the folder that the operator opened for this, or lists a folder.

    Args:
        path: relative to that folder, such as "notes/venues.txt"; empty for the folder itself.
    """
    root, most = settings.FILE_RETRIEVAL_DIR, settings.FILE_RETRIEVAL_MAX_BYTES
    return await asyncio.to_thread(retrieve, root, path, most_bytes=most)


def retrieve(root: Path, path: str, *, most_bytes: int) -> Retrieved:
    """The file or folder at a path below `root`.

    Raises:
        InvalidRequest: the path leads out, or to what is no text, or too large.
        NotFound: there is no such file.
    """
    names = _names_of(path)
    with _opened_folder(root, names[:-1]) as folder:
        if not names:
            return Retrieved(path="", names=_listed(folder))
        try:
            opened = os.open(names[-1], _FILE, dir_fd=folder)
        except OSError:  # a missing one, a link, one that may not be read: all the same
            raise _not_there() from None
    try:
        status = os.fstat(opened)
        if stat.S_ISDIR(status.st_mode):
            return Retrieved(path="/".join(names), names=_listed(opened))
        return Retrieved(
            path="/".join(names), text=_text_of(opened, status, most_bytes), size=status.st_size
        )
    finally:
        os.close(opened)


def _names_of(path: str) -> list[str]:
    """The names that a path is made of; none of them may lead upwards or be hidden."""
    if path.startswith(("/", "~")) or "\\" in path or "\x00" in path:
        raise _refused("must be relative to the folder")
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names:
        raise _refused("must not lead out of the folder")
    if any(name.startswith(".") for name in names):  # such as .env
        raise _not_there()
    if len(names) > _DEEPEST:
        raise _refused(f"must not be more than {_DEEPEST} folders deep")
    return names


@contextmanager
def _opened_folder(root: Path, names: Sequence[str]) -> Iterator[int]:
    """The descriptor of a folder below `root`; only `root` itself may be a link."""
    opened: list[int] = []
    try:
        try:
            opened.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            for name in names:
                opened.append(os.open(name, _FOLDER, dir_fd=opened[-1]))
        except (OSError, UnicodeError):
            raise _not_there() from None
        yield opened[-1]
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)


def _listed(folder: int) -> list[str]:
    """The folders and files in it that could be retrieved, without what is hidden."""
    names: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    names.append(f"{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    names.append(entry.name)
    return sorted(name for name in names if not name.startswith("."))[:_MOST_NAMES]


def _text_of(opened: int, status: os.stat_result, most_bytes: int) -> str:
    if not stat.S_ISREG(status.st_mode):
        raise _refused("must be a file")
    if status.st_nlink > 1:  # it may be a file from elsewhere under a second name
        raise _refused("must be no hard link")
    if status.st_size > most_bytes:
        raise _refused(f"must have at most {most_bytes} bytes")
    with os.fdopen(os.dup(opened), "rb") as file:
        content = file.read(most_bytes + 1)  # it may have grown since
    if len(content) > most_bytes:
        raise _refused(f"must have at most {most_bytes} bytes")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("must be text in UTF-8") from None
    if "\x00" in text:
        raise _refused("must be text in UTF-8")
    return text


def _refused(problem: str) -> InvalidRequest:
    return InvalidRequest(f"This path {problem}.", fields={"path": problem})


def _not_there() -> NotFound:
    return NotFound("There is no such file.")
