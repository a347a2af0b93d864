"""Blocks of turns over HTTP, and what they cost the service and its Postgres."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx

from benchmarks.turn.builds import API, Service
from benchmarks.turn.messages import NOW

_STATEMENT = re.compile(r"LOG:  (statement|execute|fastpath)")
# After a block's last answer: what is written behind the turn belongs to it.
_SETTLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive turns of one build; CPU in milliseconds a turn, walls in milliseconds."""

    turns: int
    service_ms: float
    postgres_ms: float
    walls: tuple[float, ...]
    turns_a_second: float

    @property
    def cpu_ms(self) -> float:
        return self.service_ms + self.postgres_ms


@dataclass(frozen=True, slots=True)
class Client:
    """One user of a service."""

    http: httpx.AsyncClient
    token: str

    async def ask(self, message: str, *, stream: bool = False) -> float:
        """One turn in a conversation of its own; returns its milliseconds."""
        began = time.perf_counter()
        response = await self.http.post(
            f"{API}/chat/stream" if stream else f"{API}/chat",
            json={"message": message, "context": {"current_date": NOW}},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        took = (time.perf_counter() - began) * 1000
        response.raise_for_status()
        if stream and '"error"' in response.text:
            raise RuntimeError(f"a streamed turn failed: {response.text[-500:]}")
        return took


def measure_block(
    service: Service, tokens: Sequence[str], messages: Sequence[str], *, stream: bool = False
) -> Block:
    """All messages, by as many clients at once as there are tokens."""
    cpu = (service.processes.cpu_seconds(), service.postgres.cpu_seconds())
    walls, seconds = asyncio.run(_ask_all(service.address, tokens, messages, stream=stream))
    time.sleep(_SETTLE_SECONDS)
    count = len(messages)
    return Block(
        turns=count,
        service_ms=(service.processes.cpu_seconds() - cpu[0]) * 1000 / count,
        postgres_ms=(service.postgres.cpu_seconds() - cpu[1]) * 1000 / count,
        walls=tuple(walls),
        turns_a_second=count / seconds,
    )


async def _ask_all(
    address: str, tokens: Sequence[str], messages: Sequence[str], *, stream: bool
) -> tuple[list[float], float]:
    waiting = iter(messages)

    async def work(client: Client) -> list[float]:
        return [await client.ask(message, stream=stream) for message in waiting]

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=address, timeout=120, limits=limits, trust_env=False
    ) as http:
        began = time.perf_counter()
        walls = await asyncio.gather(*(work(Client(http, token)) for token in tokens))
        return list(chain.from_iterable(walls)), time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Idle:
    """CPU in milliseconds a second while nobody asks."""

    service: float
    postgres: float


def measure_idle(services: Sequence[Service], seconds: float) -> list[Idle]:
    """All services in the same stretch of time."""
    before = [(each.processes.cpu_seconds(), each.postgres.cpu_seconds()) for each in services]
    began = time.perf_counter()
    time.sleep(seconds)  # nothing happens: that is what is measured
    after = [(each.processes.cpu_seconds(), each.postgres.cpu_seconds()) for each in services]
    scale = 1000 / (time.perf_counter() - began)
    return [
        Idle((then[0] - first[0]) * scale, (then[1] - first[1]) * scale)
        for first, then in zip(before, after, strict=True)
    ]


def count_statements(service: Service, token: str, messages: Sequence[str]) -> float:
    """Statements a turn, from the server's log; what runs in the background counts too."""
    log = service.build.data_dir / "postgres" / "server.log"
    with _logged_statements(service):
        first = log.stat().st_size
        asyncio.run(_ask_all(service.address, [token], messages, stream=False))
        logged = _read_from(log, first)
    return len(_STATEMENT.findall(logged)) / len(messages)


def _read_from(log: Path, position: int) -> str:
    with log.open("rb") as file:
        file.seek(position)
        return file.read().decode(errors="replace")


@contextmanager
def _logged_statements(service: Service) -> Iterator[None]:
    with service.connect() as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            time.sleep(1)  # each process reads it when it is next idle
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET log_statement")
            connection.execute("SELECT pg_reload_conf()")
