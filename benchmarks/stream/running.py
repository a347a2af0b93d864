"""The run: its parts one after the other, each beside the peers under the same load."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from ninja_jwt.tokens import AccessToken

from accounts.models import User
from benchmarks.machine import describe_machine
from benchmarks.stream.gateway import GatewayMissing, is_installed, running_gateway, version_of
from benchmarks.stream.load import NEW_WORD, Plan, Target
from benchmarks.stream.measuring import Beside, Load, Turns, measure_load, measure_turns
from benchmarks.stream.model import NAME
from benchmarks.stream.report import Results, print_results
from benchmarks.stream.servers import (
    LoadFailed,
    Model,
    Server,
    running_model,
    running_passthrough,
    running_service,
)
from chat_service.stores.conversations import save_message
from events.demo.generate import generate_events
from events.ingestion.store import store_events
from events.models import ChatSession, Event, Generation
from events.places.loading import load_places
from rag.embedding import get_backend

MESSAGE = f"live jazz and {NEW_WORD} near Newton, MA in the next two weeks"
SOURCE = "benchmark of streams"
PARTS = ("first", "load", "thousand", "overload", "journal", "memory")
OPENED_A_SECOND = 20.0
CONVERSATIONS = 30


@dataclass(frozen=True)
class Bench:
    """What all parts use. The service is asked with the token of one user, whose

    conversations grow; the list that is timed is that of another.
    """

    folder: Path
    model: Model
    asking: str
    listing: str
    quick: bool
    peers: dict[str, Server] = field(default_factory=dict)

    def target(self, name: str, server: Server) -> Target:
        messages = [{"role": "user", "content": MESSAGE}]
        if name == "service":
            return Target(
                server.port,
                "/api/v1/chat/stream",
                {"message": MESSAGE, "on_disconnect": "stop"},
                {"Authorization": f"Bearer {self.asking}"},
            )
        if name == "pass-through":
            return Target(server.port, "/chat", {"model": NAME, "message": MESSAGE})
        if name == "direct":
            body = {"model": NAME, "messages": messages, "stream": True}
            return Target(server.port, "/api/chat", body, marker='"created_at"')
        body = {"model": "benchmark", "messages": messages, "stream": True}
        return Target(server.port, "/v1/chat/completions", body)


def run_benchmark(folder: Path, *, quick: bool, only: str) -> None:
    """Prepares the database, measures and prints."""
    call_command("migrate", verbosity=0)
    load_places()
    if not Event.objects.filter(source=SOURCE).exists():
        store_events(SOURCE, list(generate_events(datetime.now(UTC))), embedder=get_backend())
    parts = set(only.split(",")) if only else set(PARTS)
    with running_model() as model, _two_users() as (asking, listing):
        bench = Bench(folder, model, asking, listing, quick)
        results = Results(machine=describe_machine())
        with ExitStack() as open_ones:
            service = open_ones.enter_context(running_service(model, folder))
            bench.peers["pass-through"] = open_ones.enter_context(
                running_passthrough(model, folder)
            )
            _start_gateway(bench, results, open_ones)
            _run_parts(bench, service, results, parts)
        if "journal" in parts:
            _measure_journal(bench, results)
        if "memory" in parts:
            _measure_memory(bench, results)
    print_results(results)


def _run_parts(bench: Bench, service: Server, results: Results, parts: set[str]) -> None:
    if "first" in parts:
        for streams in (1, 50):
            results.turns[streams] = _first_tokens(bench, service, streams)
    if "load" in parts:
        results.loads["100 × 20"] = _loads(bench, service, 100, 20, ("pass-through",))
        results.loads["150 × 20"] = _loads(bench, service, 150, 20, tuple(bench.peers))
    if "thousand" in parts:
        streams = 300 if bench.quick else 1000
        results.loads[f"{streams} × 2"] = _loads(bench, service, streams, 2, ("pass-through",))
    if "overload" in parts:
        results.loads["300 × 40"] = _loads(bench, service, 300, 40, ("pass-through",))


def _start_gateway(bench: Bench, results: Results, open_ones: ExitStack) -> None:
    folder = bench.folder / "litellm"
    if bench.quick and not is_installed(folder):
        results.gateway = "left out of a quick run"
        return
    try:
        version = version_of(folder)
        bench.peers["litellm"] = open_ones.enter_context(running_gateway(folder, bench.model))
        results.gateway = version
    except GatewayMissing as error:
        results.gateway = str(error)


def _first_tokens(bench: Bench, service: Server, streams: int) -> dict[str, Turns]:
    """Streams that begin anew when they have ended, at moments of their own."""
    many = streams > 1
    bench.model.play(tokens=100 if many else 10, first_delay=0.02, interval=0.05 if many else 0.01)
    plan = Plan(
        bench.target("direct", bench.model.server),
        streams,
        turns=(2 if bench.quick else 4) * streams if many else (40 if bench.quick else 100),
        per_second=streams / 5,
        pause=0.5 if many else 0.02,
    )
    targets = {"direct": bench.model.server, "service": service, **bench.peers}
    taken: dict[str, Turns] = {}
    for name, server in targets.items():
        target = bench.target(name, server)
        measure_turns(replace(plan, target=target, turns=streams, pause=0))  # the first are slow
        taken[name] = measure_turns(replace(plan, target=target))
    return taken


def _loads(
    bench: Bench, service: Server, streams: int, rate: float, peers: tuple[str, ...]
) -> dict[str, Load]:
    loads: dict[str, Load] = {}
    for name in ("service", *peers):
        server = service if name == "service" else bench.peers[name]
        try:
            loads[name] = _load(bench, name, server, streams, rate, _beside(bench, service))
        except LoadFailed as error:
            if name in {"service", "pass-through"}:
                raise
            _tell(f"  left out: {error}")
    return loads


def _load(
    bench: Bench,
    name: str,
    server: Server,
    streams: int,
    rate: float,
    beside: Callable[[], Beside] | None = None,
) -> Load:
    window = 8.0 if bench.quick else 15.0
    opening = streams / OPENED_A_SECOND
    # As many tokens as last until the window has closed, however slowly the streams open.
    bench.model.play(
        tokens=int((3 * opening + window + 60) * rate), first_delay=0.02, interval=1 / rate
    )
    plan = Plan(
        bench.target(name, server), streams, per_second=OPENED_A_SECOND, settle=3, window=window
    )
    _tell(f"{streams} streams at {rate:g} tokens/s through {name}")
    load = measure_load(plan, server, bench.model, beside=beside)
    _tell(f"  {load.tokens_a_second:.0f} tokens/s, {load.in_time:.1%} in time")
    _wait_until_saved()
    return load


def _beside(bench: Bench, service: Server) -> Callable[[], Beside]:
    return lambda: Beside(service, bench.listing, os.environ["DATABASE_URL"])


def _measure_journal(bench: Bench, results: Results) -> None:
    """The same load with and without, in turns, since a machine has its moods."""
    for _ in range(1 if bench.quick else 3):
        for journal in (True, False):
            with running_service(bench.model, bench.folder, journal=journal) as server:
                load = _load(bench, "service", server, 200, 40)
            (results.journalled if journal else results.unjournalled).append(load)


def _measure_memory(bench: Bench, results: Results) -> None:
    """Streams whose model is silent after its first word, on a fresh worker."""
    bench.model.play(tokens=2, first_delay=0.02, interval=3600)
    streams = 300 if bench.quick else 600
    with running_service(bench.model, bench.folder) as server:
        plan = Plan(bench.target("service", server), streams, per_second=OPENED_A_SECOND, window=1)
        load = measure_load(plan, server, bench.model)
        results.memory_per_stream = (load.memory - load.memory_at[100]) / (streams - 101)
        _wait_until_saved()


def _tell(progress: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {progress}", file=sys.stderr, flush=True)


def _wait_until_saved() -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and Generation.objects.running().exists():
        time.sleep(0.2)
    time.sleep(1)


@contextmanager
def _two_users() -> Iterator[tuple[str, str]]:
    users = [
        User.objects.create_user(f"{name}{os.getpid()}", f"{name}{os.getpid()}@example.org", None)
        for name in ("asking", "listing")
    ]
    for number in range(CONVERSATIONS):
        session = ChatSession.objects.create(user=users[1])
        save_message(session, "user", f"message {number}")
    try:
        yield _token(users[0]), _token(users[1])
    finally:
        _wait_until_saved()
        for user in users:
            user.delete()


def _token(user: User) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(hours=6))
    return str(token)
