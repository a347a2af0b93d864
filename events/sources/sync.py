"""Synchronises one source: asks its server, imports, withdraws, and keeps the record."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.advisory_lock import drop_broken_connection, only_one
from core.progress import Progress, Stopped, silent
from events.ingestion.errors import FetchFailed, ImportFileError
from events.ingestion.fetching.fetch import Fetched, NotModified, fetch
from events.ingestion.locations.locate import Geocode
from events.ingestion.pipeline import ImportOptions, import_fetched
from events.ingestion.report import ImportReport, report_as_json
from events.ingestion.store import RULES_VERSION
from events.merging.merge import merge_copies
from events.models import Event, Source, SourceRun
from events.places.gazetteer import Town
from events.search_table.rows import Embedder
from events.sources.missing import Content, StoredEvent, is_suspicious, missing_events
from events.writing.single import withdraw_events

FIRST_BACK_OFF = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(days=1)
# A server may ask for more patience than ours, but not for ever.
LONGEST_RETRY_AFTER = timedelta(days=7)


def after_success(now: datetime, interval: timedelta) -> datetime:
    """One interval later."""
    return now + interval


def after_failure(
    now: datetime, *, failures: int, retry_after: float | None, chance: float
) -> datetime:
    """Twice as long with each failure in a row, up to a day, but no sooner than the server asks.

    `failures` counts this one. `chance`, from 0 to 1, takes up to half of the wait
    away, so that sources that failed together do not come back together.
    """
    doubled = min(FIRST_BACK_OFF * float(2 ** min(failures - 1, 16)), LONGEST_BACK_OFF)
    wait = doubled * (1 - chance / 2)
    asked = min(timedelta(seconds=min(retry_after or 0, 1e9)), LONGEST_RETRY_AFTER)
    return now + max(wait, asked)


log = logging.getLogger(__name__)

# Repeating entries are followed a year ahead; a feed that never changes is read again
# this often, so that their next dates come in.
READ_AGAIN = timedelta(days=7)
_UNFORESEEN = "Something unforeseen happened; the log of this time tells what."
_LATEST_ONLY = {"feed"}  # RSS and Atom

Outcome = SourceRun.Outcome


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Options of a synchronisation.

    With `force` the server is asked unconditionally and a suspicious loss is
    believed. `only_if_due` leaves out a source that another process has just done.
    """

    embedder: Callable[[], Embedder]
    geocode: Geocode | None = None
    force: bool = False
    only_if_due: bool = False
    progress: Progress = silent


def source_lock(name: str) -> str:
    """The name of the lock on a source, which synchronisations and imports share."""
    return f"events of the source {name}"


def sync_source(source_id: int, options: SyncOptions) -> SourceRun | None:
    """Synchronises a source; its failures end in the run's record. None: it was not due.

    Raises:
        AlreadyRunning: another process is at it.
        Stopped: the work was stopped; the run is recorded as interrupted.
        DatabaseError: nothing can be recorded now.
    """
    name = Source.objects.values_list("name", flat=True).get(pk=source_id)
    with only_one(source_lock(name)):
        source = Source.objects.select_related("default_place").get(pk=source_id)
        if options.only_if_due and not _is_wanted(source, timezone.now()):
            return None
        run = _begin(source)
        try:
            _synchronise(source, run, options)
        except ImportFileError as error:
            retry_after = error.retry_after if isinstance(error, FetchFailed) else None
            _conclude_failure(source, run, str(error), retry_after)
        except Stopped:
            _conclude(run, Outcome.INTERRUPTED)
            raise
        except DatabaseError:
            drop_broken_connection()
            log.exception("source_not_stored source=%.200r", source.name)
            _conclude_failure(source, run, _UNFORESEEN, None)
        except Exception:  # one source's surprise must not cost the others
            log.exception("source_not_synchronised source=%.200r", source.name)
            _conclude_failure(source, run, _UNFORESEEN, None)
        return run


def _is_wanted(source: Source, now: datetime) -> bool:
    if source.sync_requested_at is not None:
        return True
    return source.enabled and (source.next_due_at is None or source.next_due_at <= now)


def _begin(source: Source) -> SourceRun:
    """A new run; under the source's lock, one that still counts as running was killed."""
    now = timezone.now()
    source.runs.filter(outcome=Outcome.RUNNING).update(
        outcome=Outcome.INTERRUPTED, finished_at=now, error="The process ended in the middle."
    )
    return SourceRun.objects.create(source=source, started_at=now)


def _synchronise(source: Source, run: SourceRun, options: SyncOptions) -> None:
    conditional = not options.force and _may_ask_conditionally(source, run.started_at)
    answer = fetch(
        source.url,
        private=settings.FEEDS_PRIVATE_HOSTS,
        etag=source.etag if conditional else "",
        last_modified=source.last_modified if conditional else "",
    )
    if isinstance(answer, NotModified):
        _conclude_success(source, run, Outcome.NOT_MODIFIED)
        return
    report = import_fetched(
        answer,
        _import_options(source, options.geocode),
        embedder=options.embedder(),
        now=run.started_at,
        progress=options.progress,
    )
    run.created, run.updated = report.stored.created, report.stored.updated
    run.report = report_as_json(report)
    run.unchanged, run.skipped = report.stored.unchanged, run.report["skipped"]
    believed = _withdraw(source, run, report, force=options.force)
    if run.withdrawn:  # a copy in another feed may take its place
        merge_copies(embedder=options.embedder(), now=timezone.now())
    _keep_validators(source, run, answer, believed=believed)
    _conclude_success(source, run, Outcome.SUCCEEDED if believed else Outcome.SUSPICIOUS)


def _may_ask_conditionally(source: Source, now: datetime) -> bool:
    return (
        source.read_by_rules == RULES_VERSION
        and source.last_read_at is not None
        and now - source.last_read_at < READ_AGAIN
    )


def _import_options(source: Source, geocode: Geocode | None) -> ImportOptions:
    return ImportOptions(
        fallback_zone=settings.TIME_ZONE,
        zone=source.timezone or (source.default_place.timezone if source.default_place else ""),
        source=source.name,
        format_name=source.format,
        home=Town.of(source.default_place) if source.default_place else None,
        geocode=geocode,
        may_be_empty=True,  # an empty feed means that its events are gone
    )


def _withdraw(source: Source, run: SourceRun, report: ImportReport, *, force: bool) -> bool:
    """Withdraws what is gone, unless it is too much to be believed; whether it was believed.

    The same suspicion twice in a row is believed: a server that goes on saying so
    means it.
    """
    if not source.lists_all or report.format_name in _LATEST_ONLY:
        return True
    # As of the run's start: what began meanwhile has not been missed.
    rows = Event.objects.filter(
        source=source.name, start_time__gt=run.started_at, withdrawn_at__isnull=True
    ).values_list("pk", "external_id", "title", "start_time")
    stored = [StoredEvent(*row) for row in rows]
    content = Content.of(report.drafts, report.skipped)
    missing = missing_events(stored, content, now=timezone.now())
    run.missing = len(missing)
    before = source.runs.exclude(pk=run.pk).exclude(outcome=Outcome.INTERRUPTED).first()
    confirmed = before is not None and before.outcome == Outcome.SUSPICIOUS
    if not (force or confirmed) and is_suspicious(missing, to_come=len(stored), found=report.found):
        run.error = (
            f"{len(missing):,} of {len(stored):,} events to come are gone from the feed. They are"
            " kept until the next run says the same, or until it is run with --force."
        )
        return False
    run.withdrawn = withdraw_events([event.pk for event in missing], now=timezone.now())
    return True


def _keep_validators(source: Source, run: SourceRun, answer: Fetched, *, believed: bool) -> None:
    """After a suspicious run the next one must see the whole feed again, so nothing is kept."""
    source.etag = answer.etag if believed else ""
    source.last_modified = answer.last_modified[:100] if believed else ""
    source.last_read_at = run.started_at
    source.read_by_rules = RULES_VERSION


def _conclude_success(source: Source, run: SourceRun, outcome: SourceRun.Outcome) -> None:
    now = timezone.now()
    source.failures = 0
    source.last_success_at = now
    source.next_due_at = after_success(run.started_at, source.interval)
    source.last_changes = run.created + run.updated + run.withdrawn
    source.event_count = Event.objects.filter(source=source.name).listed().count()
    with transaction.atomic():
        _conclude(run, outcome)
        _save(source, run)
    _prune(source)


def _conclude_failure(
    source: Source, run: SourceRun, error: str, retry_after: float | None
) -> None:
    now = timezone.now()
    source.failures += 1
    source.last_error, source.last_error_at = error[:1000], now
    source.next_due_at = after_failure(
        now,
        failures=source.failures,
        retry_after=retry_after,
        chance=random.random(),  # noqa: S311 (spreads the sources)
    )
    run.error = error[:1000]
    with transaction.atomic():
        _conclude(run, Outcome.FAILED)
        _save(source, run)
    _prune(source)


def _conclude(run: SourceRun, outcome: SourceRun.Outcome) -> None:
    run.outcome, run.finished_at = outcome, timezone.now()
    run.save()


_WRITTEN = (
    *("etag", "last_modified", "last_read_at", "read_by_rules", "failures", "next_due_at"),
    *("last_success_at", "last_error", "last_error_at", "event_count", "last_changes"),
)


def _save(source: Source, run: SourceRun) -> None:
    """Writes the columns of a run alone, so that an edit in the admin meanwhile stays."""
    values: dict[str, Any] = {name: getattr(source, name) for name in _WRITTEN}
    Source.objects.filter(pk=source.pk).update(**values)
    Source.objects.filter(pk=source.pk, sync_requested_at__lte=run.started_at).update(
        sync_requested_at=None
    )


def _prune(source: Source) -> None:
    """Keeps the latest runs."""
    kept = source.runs.values_list("pk", flat=True)[: SourceRun.KEPT]
    oldest = min(kept, default=0)
    source.runs.filter(pk__lt=oldest).delete()
