"""Works off the queue of imports, each under the lock of its source."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import PurePath
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from core.advisory_lock import AlreadyRunning, drop_broken_connection, only_one
from core.progress import Progress, Stopped
from events.ingestion.errors import FileMissing, ImportFileError
from events.ingestion.fetching.fetch import Fetched, fetch_anew
from events.ingestion.locations.locate import Geocode
from events.ingestion.pipeline import ImportOptions, import_fetched
from events.ingestion.report import report_as_json
from events.models import Import
from events.search_table.rows import Embedder
from events.sources.import_queue import (
    BUSY_WAIT,
    claim_import,
    complete_import,
    fail_import,
    forget_file,
    keep_import,
    kept_file,
    note_progress,
    put_back_import,
)
from events.sources.sync import source_lock

log = logging.getLogger(__name__)

_GONE = "The uploaded file is not there any more; please hand it in again."
_UNFORESEEN = "Something unforeseen happened; the service's log of this time tells what."
# Progress is written no more often than this, since each write is a commit.
_SECONDS_BETWEEN_WRITES = 0.5


def run_imports(
    embedder: Callable[[], Embedder], stop: threading.Event, *, geocode: Geocode | None = None
) -> int:
    """Runs waiting imports until there is none or `stop` is set; returns how many ended.

    An import that is interrupted, however, is taken up again by the next worker:
    what is stored already is found unchanged, so it completes with no duplicates.
    """
    worker, ended = uuid4(), 0
    while not stop.is_set() and (taken := claim_import(worker)) is not None:
        try:
            ended += _run(taken, worker, embedder, stop, geocode)
        except Stopped:
            put_back_import(taken.pk, worker)
            break
        except AlreadyRunning:  # another import of this source, or its synchronisation
            put_back_import(taken.pk, worker, wait=BUSY_WAIT)
    return ended


def _run(
    taken: Import,
    worker: UUID,
    embedder: Callable[[], Embedder],
    stop: threading.Event,
    geocode: Geocode | None,
) -> bool:
    """Whether the import ended here; else it is another worker's by now."""
    with only_one(source_lock(taken.source)), _held(taken.pk, worker) as lost:
        try:
            report = import_fetched(
                _fetched(taken),
                ImportOptions(
                    fallback_zone=settings.TIME_ZONE,
                    zone=taken.timezone,
                    source=taken.source,
                    format_name=taken.format,
                    geocode=geocode,
                ),
                embedder=embedder(),
                now=timezone.now(),
                progress=_progress(taken.pk, worker, stop, lost),
            )
            ended = complete_import(taken.pk, worker, report_as_json(report))
        except FileMissing:  # its own words name the path
            log.warning("import_file_missing import=%d", taken.pk)
            ended = fail_import(taken.pk, worker, _GONE)
        except ImportFileError as error:
            ended = fail_import(taken.pk, worker, str(error))
        except Stopped:
            if stop.is_set():
                raise
            return False
        except Exception:  # one import's surprise must not cost the others
            log.exception("import_failed import=%d", taken.pk)
            drop_broken_connection()
            ended = fail_import(taken.pk, worker, _UNFORESEEN)
    if ended:
        forget_file(taken.stored_name)
    return ended


def _fetched(taken: Import) -> Fetched:
    if taken.url:
        return fetch_anew(taken.url, private=settings.FEEDS_PRIVATE_HOSTS)
    fetched = fetch_anew(str(kept_file(taken.stored_name)))
    return replace(
        fetched,
        file_name=taken.file_name,
        content_type=taken.content_type,
        default_source=PurePath(taken.file_name).stem,
    )


@contextmanager
def _held(import_id: int, worker: UUID) -> Iterator[threading.Event]:
    """Renews the lease beside the work; the event is set when it is lost all the same."""
    done, lost = threading.Event(), threading.Event()

    def renew() -> None:
        while not done.wait(settings.IMPORT_LEASE_SECONDS / 4):
            try:
                if not keep_import(import_id, worker):
                    lost.set()
                    return
            except DatabaseError as error:
                log.warning("import_lease_not_renewed error=%s", type(error).__name__)
            finally:
                connection.close()

    thread = threading.Thread(target=renew, name="import-lease", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        done.set()
        thread.join()


def _progress(
    import_id: int, worker: UUID, stop: threading.Event, lost: threading.Event
) -> Progress:
    """Writes the progress now and then; ends the work when `stop` or `lost` is set."""

    @contextmanager
    def progress(stage: str, total: int) -> Iterator[Callable[[int], None]]:
        done, written_at = 0, time.monotonic()
        note_progress(import_id, worker, stage=stage, done=0, total=total)

        def step(count: int) -> None:
            nonlocal done, written_at
            if stop.is_set() or lost.is_set():
                raise Stopped
            done += count
            if time.monotonic() - written_at > _SECONDS_BETWEEN_WRITES or done >= total:
                written_at = time.monotonic()
                note_progress(import_id, worker, stage=stage, done=done, total=total)

        step(0)
        yield step

    def started(stage: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        return progress(stage, total)

    return started
