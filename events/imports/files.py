"""Uploaded files, kept until their import has ended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from events.models import Import

# A file without an import is one whose request died between the two.
_ORPHAN_SECONDS = 24 * 3600


def keep_file(chunks: Iterable[bytes]) -> str:
    """Writes an upload to the disk, for good; returns its name in the folder of imports."""
    folder: Path = settings.IMPORT_DIR
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = uuid4().hex
    path = folder / name
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def kept_file(stored_name: str) -> Path:
    """The path of a kept file."""
    path: Path = settings.IMPORT_DIR / stored_name
    return path


def forget_file(stored_name: str) -> None:
    """Deletes a kept file; one that is gone is no error."""
    if stored_name:
        kept_file(stored_name).unlink(missing_ok=True)


def forget_orphans() -> None:
    """Deletes files that no open import needs."""
    folder: Path = settings.IMPORT_DIR
    if not folder.is_dir():
        return
    oldest = time.time() - _ORPHAN_SECONDS
    old = {path.name: path for path in folder.iterdir() if path.stat().st_mtime < oldest}
    needed = Import.objects.filter(stored_name__in=old, finished_at__isnull=True)
    for name in old.keys() - set(needed.values_list("stored_name", flat=True)):
        old[name].unlink(missing_ok=True)
