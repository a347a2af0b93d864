"""Synchronises what is due, one source after the other, once or for ever."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from core.advisory_lock import AlreadyRunning
from core.progress import Stopped, stopping
from events.models import Source, SourceRun
from events.sources.sync import SyncOptions, sync_source

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0

# Called with each source and its run; None: another process holds the source.
OnDone = Callable[[Source, SourceRun | None], None]


def sync_all(sources: Iterable[Source], options: SyncOptions, on_done: OnDone) -> None:
    """Each source in turn; one that fails, or that another process is at, stops no other.

    Raises:
        Stopped: see `sync_source`.
    """
    for source in sources:
        try:
            run = sync_source(source.pk, options)
        except AlreadyRunning:
            on_done(source, None)
        except Source.DoesNotExist:
            continue  # deleted meanwhile
        else:
            if run is not None:
                on_done(source, run)


def watch(options: SyncOptions, stop: threading.Event, on_done: OnDone) -> None:
    """Synchronises what is due or requested until `stop` is set.

    The database may be away in between.
    """
    options = replace(options, only_if_due=True, progress=stopping(stop))
    while not stop.is_set():
        try:
            due = Source.objects.due(timezone.now()) | Source.objects.requested()
            sync_all(list(due.order_by("next_due_at", "pk")), options, on_done)
        except Stopped:
            return
        except DatabaseError as error:
            log.warning("sources_not_watched error=%s", type(error).__name__)
        close_old_connections()
        stop.wait(LOOK_SECONDS)
