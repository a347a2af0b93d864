"""The queue of imports: who holds which one, until when, and how each ended; with its files.

Every write of a worker names the worker and asks that it still holds the import,
so that one that was taken for dead cannot write over its successor.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events.models import Import

Status = Import.Status

# A file that has ended its worker so often will do so again.
MAX_ATTEMPTS = 5
GIVEN_UP = f"The import ended its worker {MAX_ATTEMPTS} times and was given up."
# Until an import whose source is busy is tried again.
BUSY_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A request to import an address or a kept file, and how to read it."""

    source: str
    url: str = ""
    stored_name: str = ""
    file_name: str = ""
    content_type: str = ""
    format: str = ""
    timezone: str = ""


def queue_import(user_id: int, wanted: ImportRequest) -> Import:
    """Adds an import to the queue."""
    return Import.objects.create(
        user_id=user_id,
        source=wanted.source,
        url=wanted.url,
        stored_name=wanted.stored_name,
        file_name=wanted.file_name,
        content_type=wanted.content_type,
        format=wanted.format,
        timezone=wanted.timezone,
    )


def claim_import(worker: UUID) -> Import | None:
    """Takes the oldest import that waits, or whose worker is dead; None when there is none."""
    while True:
        with transaction.atomic():
            now = timezone.now()
            taken = Import.objects.waiting(now).select_for_update(skip_locked=True).first()
            if taken is None:
                return None
            if taken.attempts >= MAX_ATTEMPTS:
                _end(taken, Status.FAILED, now, error=GIVEN_UP)
                continue
            taken.status = Status.RUNNING
            taken.attempts += 1
            taken.worker, taken.lease_until = worker, _lease_end(now)
            taken.started_at = taken.started_at or now
            taken.done = taken.total = 0
            taken.save()
            return taken


def keep_import(import_id: int, worker: UUID) -> bool:
    """Renews the lease; False when the import is another's by now."""
    return _update(import_id, worker, lease_until=_lease_end(timezone.now()))


def note_progress(import_id: int, worker: UUID, *, stage: str, done: int, total: int) -> None:
    """Writes how far an import is."""
    _update(import_id, worker, stage=stage, done=done, total=total)


def put_back_import(import_id: int, worker: UUID, *, wait: timedelta = timedelta(0)) -> None:
    """Gives an import back unfinished, for another worker; it does not count as an attempt."""
    _update(
        import_id,
        worker,
        status=Status.QUEUED,
        worker=None,
        lease_until=None,
        not_before=timezone.now() + wait,
        attempts=F("attempts") - 1,
    )


def complete_import(import_id: int, worker: UUID, report: Mapping[str, Any]) -> bool:
    """Records that an import is done; False when it is another's by now."""
    return _update(
        import_id,
        worker,
        status=Status.COMPLETED,
        report=dict(report),
        stage="",
        lease_until=None,
        finished_at=timezone.now(),
    )


def fail_import(import_id: int, worker: UUID, error: str) -> bool:
    """Records why an import failed; False when it is another's by now."""
    return _update(
        import_id,
        worker,
        status=Status.FAILED,
        error=error[:1000],
        stage="",
        lease_until=None,
        finished_at=timezone.now(),
    )


def _end(taken: Import, status: Import.Status, now: datetime, *, error: str) -> None:
    taken.status, taken.error = status, error
    taken.lease_until, taken.finished_at = None, now
    taken.save()


def _update(import_id: int, worker_id: UUID, /, **values: Any) -> bool:
    held = Import.objects.filter(pk=import_id, worker=worker_id, status=Status.RUNNING)
    return held.update(**values) == 1


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.IMPORT_LEASE_SECONDS)


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
