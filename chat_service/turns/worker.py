"""The worker: what this process writes, and the tasks that keep it honest.

One for each event loop. It renews the lease, looks for requests to stop, ends
what dead workers left, prunes what is old, and drains before the process ends.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError

from chat_service.stores.generations import require_generation
from chat_service.streams.generation import Frames, LiveGeneration, run_in_background
from chat_service.streams.journal.leases import (
    RunningAnswers,
    declare_dead,
    look_around,
    register_worker,
    renew_lease,
    stop_requests,
)
from chat_service.streams.journal.pruning import prune
from chat_service.streams.journal.rows import Row, frames_after, read_rows
from chat_service.streams.journal.spool import Spool
from chat_service.streams.journal.tail import JournalTail, stop_when_unread
from chat_service.streams.journal.writer import JournalWriter
from chat_service.turns.open import OpenedTurn
from chat_service.turns.recover import end_orphans, end_stray, recover_spools
from chat_service.turns.run import run_turn
from chat_service.turns.save import save_spooled_ends
from core.database import in_database, in_journal
from core.errors import ServerError
from events.models import Generation

log = logging.getLogger(__name__)


STOP_POLL_SECONDS = 0.3
REAP_SECONDS = 5.0
PRUNE_SECONDS = 600.0
# Of the time to drain, what is left to readers and answers that did not finish by themselves.
HAND_OVER_SECONDS = 3.0
PARTING_SECONDS = 0.5

_workers: WeakKeyDictionary[asyncio.AbstractEventLoop, Worker] = WeakKeyDictionary()


class Worker:
    """One process's part in writing answers."""

    def __init__(self) -> None:
        self.live: dict[UUID, LiveGeneration] = {}
        self.tail = JournalTail()
        self.draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self._writing: set[asyncio.Task[None]] = set()
        self._opening: set[UUID] = set()
        self._leasing = asyncio.Lock()
        self._renewed_at = float("-inf")
        self._database_was_up = False
        self._stops_known_at = float("-inf")
        self._become(uuid4())

    def _become(self, worker_id: UUID) -> None:
        self.id = worker_id
        self._registered = False
        limit = settings.SPOOL_MAX_MEGABYTES * 2**20
        spool = Spool(settings.SPOOL_DIR, worker_id, limit)
        self.journal = JournalWriter(
            worker_id,
            spool,
            on_fenced=self._fenced,
            on_stops=self._stop,
            save_ends=save_spooled_ends,
        )
        self.journal.start()

    def start(self) -> None:
        """Begins the periodic tasks."""
        self._tasks = [
            asyncio.create_task(_periodically(settings.WORKER_LEASE_SECONDS / 5, self._renew)),
            asyncio.create_task(_periodically(STOP_POLL_SECONDS, self._obey)),
            asyncio.create_task(_periodically(REAP_SECONDS, self._reap)),
            asyncio.create_task(_periodically(PRUNE_SECONDS, self._prune)),
        ]

    async def make_ready(self) -> None:
        """Makes sure that what is written from now on is this worker's.

        Raises:
            ServerError: with status 503, while the process is about to end.
            DatabaseError: the database is away.
        """
        if self.draining:
            raise _restarting()
        lease: float = settings.WORKER_LEASE_SECONDS
        if asyncio.get_running_loop().time() - self._renewed_at > lease / 2:
            await self._take_lease()

    @contextmanager
    def opening(self, generation_id: UUID) -> Iterator[None]:
        """Marks a generation that may stand in the database before its writing has begun."""
        self._opening.add(generation_id)
        try:
            yield
        finally:
            self._opening.discard(generation_id)

    def begin(self, turn: OpenedTurn) -> LiveGeneration:
        """Starts to write a turn's answer."""
        generation = LiveGeneration(self.journal, turn.user_id, turn.generation_id)
        generation.understanding_ms = turn.understanding_ms
        self.live[generation.id] = generation
        if turn.stops_without_readers:
            stop_when_unread(generation)
        writing = asyncio.create_task(run_turn(turn, generation, self.journal))
        self._writing.add(writing)
        writing.add_done_callback(lambda task: self._written(task, generation))
        return generation

    def _written(self, task: asyncio.Task[None], generation: LiveGeneration) -> None:
        self._writing.discard(task)
        self.live.pop(generation.id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn_not_concluded generation=%s", generation.id, exc_info=error)
            generation.end()

    async def find_frames(self, user_id: int, generation_id: UUID) -> Frames:
        """A generation's frames: from memory, from the journal, or as another worker writes them.

        Raises:
            NotFound: there is no such generation of this user, or it is too old.
            ServerError: with status 503, when another writes them and this one is about to end.
        """
        live = self.live.get(generation_id)
        if live is not None and live.user_id == user_id:
            return live
        rows = await in_database(_ended_rows, user_id, generation_id)
        if rows is None and self.draining:
            raise _restarting()
        if rows is None:
            return self.live.get(generation_id) or self.tail.frames_of(generation_id)
        frames = Frames(generation_id)
        for offset, frame in frames_after(rows, 0):
            frames.add(offset, frame)
        frames.end()
        return frames

    async def _renew(self) -> None:
        if self._registered:  # a worker that writes nothing needs no lease
            await self._take_lease()

    async def _take_lease(self) -> None:
        async with self._leasing:
            if asyncio.get_running_loop().time() - self._renewed_at > 1:  # else another just did
                await self._renew_now()

    async def _renew_now(self) -> None:
        asked_at = asyncio.get_running_loop().time()
        if not self._registered:
            await in_journal(register_worker, self.id)
            self._registered = True
        elif not await in_journal(renew_lease, self.id):
            self._fenced()
            await in_journal(register_worker, self.id)
            self._registered = True
        self._renewed_at = asked_at

    def _fenced(self) -> None:
        """Begins anew, because other workers took this one for dead and ended what it wrote.

        Its readers go on from the journal.
        """
        log.error("worker_fenced worker=%s running=%d", self.id, len(self.live))
        for generation in list(self.live.values()):
            generation.hand_over()
            generation.end_early(Generation.Status.INTERRUPTED)
        run_in_background(self.journal.close())
        self._become(uuid4())

    async def _obey(self) -> None:
        """Asks what is to be stopped, unless a write of the journal has just said it.

        An answer that is over within a moment is not asked for.
        """
        now = asyncio.get_running_loop().time()
        if now - self._stops_known_at < STOP_POLL_SECONDS:
            return
        if any(now - live.began_at >= STOP_POLL_SECONDS for live in self.live.values()):
            self._stop(await in_journal(stop_requests, self.id))

    def _stop(self, generation_ids: Sequence[UUID]) -> None:
        self._stops_known_at = asyncio.get_running_loop().time()
        for generation_id in generation_ids:
            if generation := self.live.get(generation_id):
                generation.end_early(Generation.Status.STOPPED)

    async def _reap(self) -> None:
        was_up, self._database_was_up = self._database_was_up, False
        is_settled = self.journal.is_settled
        recovered, running = await in_database(_look_after_workers, self.id, may_declare=was_up)
        # After an outage, also of a database that merely hung, the other workers get time to renew
        # their leases first.
        self._database_was_up = running.in_time
        if running.orphans and (was_up or recovered):
            await in_database(end_orphans)
        # Else the rest of the text, or the end, of what looks stray may be in the spool.
        if self._registered and is_settled and self.journal.is_settled:
            await self._end_strays(running.own)

    async def _end_strays(self, generation_ids: Sequence[UUID]) -> None:
        """Ends what was opened for this worker though its opening failed: a commit whose
        confirmation was lost, or an end that found no place in the spool.
        """
        for generation_id in generation_ids:
            if generation_id not in self.live and generation_id not in self._opening:
                await in_database(end_stray, generation_id)

    async def _prune(self) -> None:
        await asyncio.sleep(random.uniform(0, PRUNE_SECONDS / 2))  # noqa: S311 (spreads the workers)
        await in_database(prune)

    async def drain(self) -> None:
        """Refuses new turns, lets the running ones finish for a while, hands over the rest."""
        self.draining = True
        log.info("worker_drains running=%d", len(self.live))
        self.tail.hand_over()
        await self._until_idle(max(settings.DRAIN_SECONDS - HAND_OVER_SECONDS, 0))
        for generation in list(self.live.values()):
            generation.hand_over()
            generation.end_early(Generation.Status.INTERRUPTED)
        await self._until_idle(HAND_OVER_SECONDS / 3)

    async def _until_idle(self, seconds: float) -> None:
        if self._writing:
            await asyncio.wait(self._writing, timeout=seconds)

    async def stop(self) -> None:
        """Ends the periodic tasks, writes what is left and gives the lease up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.journal.close()
        if not self._registered:
            return
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(PARTING_SECONDS):
                await in_journal(declare_dead, self.id)


def _look_after_workers(worker_id: UUID, *, may_declare: bool) -> tuple[int, RunningAnswers]:
    """Recovers what dead workers left on this disk, then looks who is alive and writes what."""
    recovered = recover_spools()
    patience = max(settings.WORKER_LEASE_SECONDS / 5, 1)
    return recovered, look_around(worker_id, may_declare=may_declare, patience=patience)


def _ended_rows(user_id: int, generation_id: UUID) -> list[Row] | None:
    """The whole journal of a generation that has ended; None while it runs."""
    if require_generation(user_id, generation_id).status == Generation.Status.RUNNING:
        return None
    return read_rows(generation_id)


def _restarting() -> ServerError:
    return ServerError(
        "The service is being restarted. Please try again.", status=503, retry_after=2
    )


def current_worker() -> Worker:
    """This event loop's worker, started with its first use."""
    loop = asyncio.get_running_loop()
    worker = _workers.get(loop)
    if worker is None:
        worker = _workers[loop] = Worker()
        worker.start()
    return worker


async def _periodically(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Does something again and again; the database may be away in between."""
    while True:
        try:
            await work()
        except (DatabaseError, ServerError) as error:
            log.warning("periodic_work_failed error=%s", type(error).__name__)
        except Exception:  # the next round may do better; without rounds the lease would end
            log.exception("periodic_work_failed")
        await asyncio.sleep(seconds)
