"""What is measured: one load, on one target, and what the processes used meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from benchmarks.figures import percentile
from benchmarks.stream.load import Plan, encoded
from benchmarks.stream.servers import WORKER, Model, Server, said, started_load

IN_TIME = 250_000  # microseconds


@dataclass(frozen=True, slots=True)
class Turns:
    """How turns began, in milliseconds from the request: response's head, chunk, token.

    `understood` is how long the message took to be understood, which comes before the head.
    """

    heads: Sequence[float]
    chunks: Sequence[float]
    tokens: Sequence[float]
    understood: Sequence[float]
    refused: int

    def p50(self, values: Sequence[float]) -> float:
        return percentile(values, 0.5) if values else float("nan")


@dataclass(frozen=True, slots=True)
class Load:
    """What was seen within the window. Delays in milliseconds; CPU in microseconds a token."""

    streams: int
    seconds: float
    made: int
    delays: Sequence[int] = field(repr=False)
    chunks: int
    cpu: float  # seconds of the server
    memory: int  # bytes of the server while all streams were open
    memory_at: Mapping[int, int] = field(repr=False)  # the same with so many of them
    connections: int
    listing: Sequence[float] = field(repr=False, default=())
    listing_cpu: float = 0.0  # seconds of the service, which answered the list

    @property
    def in_time(self) -> float:
        """The share of the tokens that were at the reader in time."""
        timely = sum(1 for delay in self.delays if delay <= IN_TIME)
        return timely / self.made if self.made else float("nan")

    @property
    def tokens_a_second(self) -> float:
        return len(self.delays) / self.seconds

    @property
    def cpu_per_token(self) -> float:
        return self.cpu / max(len(self.delays), 1) * 1e6

    @property
    def tokens_a_chunk(self) -> float:
        return len(self.delays) / max(self.chunks, 1)

    def delay(self, share: float) -> float:
        return percentile(self.delays, share) / 1000 if self.delays else float("nan")


def measure_turns(plan: Plan) -> Turns:
    """Keeps streams going until enough turns were taken."""
    result: dict[str, Any] = {}
    for told in said(started_load(encoded(plan))):
        result = told.get("result", result)
    heads, chunks, tokens, understood = (
        [1000 * turn[number] for turn in result["turns"]] for number in range(4)
    )
    return Turns(heads, chunks, tokens, understood, result["refused"])


def measure_load(
    plan: Plan, server: Server, model: Model, *, beside: Callable[[], Beside] | None = None
) -> Load:
    """Opens all streams and watches their tokens within a window of time.

    Raises:
        LoadFailed: the load generator broke off.
    """
    watch = _Watch(server, beside)
    result = watch.follow(said(started_load(encoded(plan))))
    made = model.made(*result["window"])
    model.wait_until_idle()
    watching = watch.watching
    return Load(
        streams=watch.streams,
        seconds=plan.window,
        made=made,
        delays=result["delays"],
        chunks=result["chunks"],
        cpu=watch.used,
        memory=watch.memory,
        memory_at=watch.memory_at,
        connections=watching.connections if watching else 0,
        listing=watching.took if watching else (),
        listing_cpu=watching.cpu if watching else 0.0,
    )


class _Watch:
    """What the server used while a load went on."""

    def __init__(self, server: Server, beside: Callable[[], Beside] | None) -> None:
        self._server, self._beside = server, beside
        self.watching: Beside | None = None
        self.used = 0.0
        self.memory = self.streams = 0
        self.memory_at: dict[int, int] = {}

    def follow(self, told: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Takes the readings when the load generator says so; returns its result."""
        result: dict[str, Any] = {}
        try:
            for each in told:
                self._read(each)
                result = each.get("result", result)
        finally:
            if self.watching:
                self.watching.stop()
        return result

    def _read(self, told: dict[str, Any]) -> None:
        if "opened" in told:
            self.memory_at[told["opened"]] = self._server.memory()
        elif told.get("window") == "open":
            self.used = -self._server.cpu_seconds()
            self.watching = self._beside() if self._beside else None
        elif told.get("window") == "closed":
            self.used += self._server.cpu_seconds()
            self.memory, self.streams = self._server.memory(), told["streams"]
            if self.watching:
                self.watching.stop()


class Beside:
    """Asks for the list of conversations, and counts connections, while a load goes on."""

    def __init__(self, service: Server, token: str, database: str) -> None:
        self.took: list[float] = []
        self.connections = 0
        self.cpu = 0.0
        self._service, self._token, self._database = service, token, database
        self._began = service.cpu_seconds()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it; to do so twice changes nothing."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._thread.join(10)
        self.cpu = self._service.cpu_seconds() - self._began

    def _watch(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with (
            httpx.Client(
                base_url=self._service.address, headers=headers, trust_env=False, timeout=60
            ) as client,
            psycopg.connect(self._database, autocommit=True) as database,
        ):
            while not self._stopped.wait(0.05):
                began = time.perf_counter()
                client.get("/api/v1/chat/sessions").raise_for_status()
                self.took.append((time.perf_counter() - began) * 1000)
                self.connections = max(self.connections, _connections(database))


def _connections(database: psycopg.Connection[Any]) -> int:
    found = database.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND application_name = %s",
        [WORKER],
    ).fetchone()
    assert found is not None
    return int(found[0])
