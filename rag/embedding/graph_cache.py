"""Keeps an assembled graph in a folder, safe against crashes and other processes.

A file's name is its key and the sha256 of its content, so that a damaged file
is known by its name alone, and two processes that write the same graph at
once write the same file.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)


def find(folder: Path, key: str) -> Path | None:
    """The kept file of this key, its content verified; damaged ones are removed.

    Raises:
        OSError: the folder exists but cannot be read.
    """
    for file in sorted(folder.glob(f"{key}.*.onnx")):
        try:
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except FileNotFoundError:
            continue  # another process has just removed it
        if file.name == _file_name(key, digest):
            return file
        log.warning("The cached file %s is damaged and is made anew.", file)
        file.unlink(missing_ok=True)
    return None


def store(folder: Path, key: str, content: bytes) -> Path:
    """Writes the file in one step: readers see all of it or nothing.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / _file_name(key, hashlib.sha256(content).hexdigest())
    temporary = folder / f"{key}.{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return file


def _file_name(key: str, digest: str) -> str:
    return f"{key}.{digest}.onnx"
