"""Secrets that are made once and kept in a private file."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


class SecretFileError(Exception):
    """A kept secret cannot be read; the message names the file."""


def kept_secret(file: Path, *, entropy: int) -> str:
    """The secret in `file`, made of `entropy` random bytes (mode 0600) when there is none.

    Processes that ask at the same time get the same secret.

    Raises:
        SecretFileError: the file is empty or cannot be read or made.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_once(file, secrets.token_urlsafe(entropy))
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretFileError(f"The secret in {file} can be neither read nor made.") from error
    if not secret:
        raise SecretFileError(f"{file} is empty. Delete it, and a new secret is made.")
    return secret


def _write_once(file: Path, text: str) -> None:
    """Writes a private file whole or, when another process was faster, not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent)  # mkstemp makes it 0600
    draft = Path(name)
    try:
        with open(handle, "w") as out:
            out.write(text + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()
