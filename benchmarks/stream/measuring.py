"""What is measured: one load, on one target, and what the processes used meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from benchmarks.figures import percentile
from benchmarks.stream.load import Plan, encoded
from benchmarks.stream.servers import WORKER, LoadFailed, Model, Server, said, started_load

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
    """Opens all streams and watches their tokens within a window of time."""
    result: dict[str, Any] = {}
    used = [0.0, 0.0]
    memory = streams = 0
    memory_at: dict[int, int] = {}
    watching: Beside | None = None
    try:
        for told in said(started_load(encoded(plan))):
            if "opened" in told:
                memory_at[told["opened"]] = server.memory()
            elif told.get("window") == "open":
                used[0] = server.cpu_seconds()
                watching = beside() if beside else None
            elif told.get("window") == "closed":
                used[1], memory, streams = server.cpu_seconds(), server.memory(), told["streams"]
                if watching:
                    watching.stop()
            result = told.get("result", result)
    except LoadFailed:
        if watching:
            watching.stop()
        raise
    made = model.made(*result["window"])
    model.wait_until_idle()
    return Load(
        streams=streams,
        seconds=plan.window,
        made=made,
        delays=result["delays"],
        chunks=result["chunks"],
        cpu=used[1] - used[0],
        memory=memory,
        memory_at=memory_at,
        connections=watching.connections if watching else 0,
        listing=watching.took if watching else (),
        listing_cpu=watching.cpu if watching else 0.0,
    )


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
