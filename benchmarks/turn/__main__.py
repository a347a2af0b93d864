"""Compares the cost of a turn in this checkout with another revision's.

`python -m benchmarks turn --against REVISION` makes a work tree of the revision,
gives each build an embedded Postgres of its own with the four calendars (made
once, kept under `.data/benchmarks/turn`), and runs both services side by side.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from benchmarks.figures import table
from benchmarks.machine import describe_machine
from benchmarks.stream.servers import running_model
from benchmarks.turn.builds import Build, Service, calendar_files, commit_of, running, work_tree
from benchmarks.turn.measuring import Block, count_statements, measure_block, measure_idle
from benchmarks.turn.messages import cost_messages
from benchmarks.turn.processes import disk_megabytes
from benchmarks.turn.recording import differences, record
from benchmarks.turn.report import Pair, blocks_table, ratios_table

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("turns", "idle", "stream", "first")
# As a small model on two cores makes them.
MODEL_TOKENS, MODEL_FIRST_DELAY, MODEL_INTERVAL = 150, 0.02, 0.02


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is asked; a quick run asks less."""

    turns: int = 300
    block: int = 50
    warming: int = 20
    statements: int = 30
    streamed_blocks: int = 4
    streamed: int = 5
    idle_seconds: float = 60


QUICK = Sizes(60, 20, 10, 10, 2, 3, 20)


@dataclass(frozen=True, slots=True)
class Both:
    """The two services, and tokens of sixteen users of each."""

    old: Service
    new: Service
    tokens: dict[str, list[str]]

    def in_order(self, number: int) -> tuple[Service, Service]:
        """Old first, then new first: neither always profits from what the other leaves."""
        return (self.old, self.new) if number % 2 == 0 else (self.new, self.old)


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    parts = given.only.split(",") if given.only else PARTS
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    calendars = calendar_files(given.data)
    sizes = QUICK if given.quick else Sizes()
    with tempfile.TemporaryDirectory(prefix="turn-") as folder, ExitStack() as stack:
        tree = stack.enter_context(work_tree(ROOT, given.against, Path(folder)))
        builds = _builds(given, tree)
        print(describe_machine())
        print(f"old: {builds[0].name}; new: {builds[1].name}", flush=True)
        for build in builds:
            if given.fresh:
                rmtree(build.data_dir, ignore_errors=True)
            build.prepare(calendars)
        if given.compare:
            _compare(builds)
            return
        if {"turns", "idle"} & set(parts):
            with _both(builds) as both:
                _print_costs(both, sizes, parts)
        if "stream" in parts:
            _print_streamed(builds, sizes)
        if "first" in parts:
            _print_first_runs(builds, Path(folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks turn", description=__doc__)
    parser.add_argument("--against", required=True, metavar="REVISION", help="the old build")
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="the old build's interpreter"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("CALENDARS", "calendars")),
        help="folder of the four calendars (default: the environment variable CALENDARS)",
    )
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--fresh", action="store_true", help="import the calendars anew")
    parser.add_argument(
        "--compare", action="store_true", help="compare what is answered, not what it costs"
    )
    return parser


def _builds(given: argparse.Namespace, tree: Path) -> tuple[Build, Build]:
    kept = ROOT / ".data" / "benchmarks" / "turn"
    old, new = commit_of(ROOT, given.against), commit_of(ROOT, "HEAD")
    return (
        # Not resolved: a virtual environment is known by the path of its link.
        Build(old, tree, given.python.absolute(), kept / old),
        Build(f"{new} (this checkout)", ROOT, Path(sys.executable), kept / "here"),
    )


@contextmanager
def _both(builds: tuple[Build, Build], **environment: str) -> Iterator[Both]:
    with (
        running(builds[0], environment=environment) as old,
        running(builds[1], environment=environment) as new,
    ):
        stamp = f"{time.time_ns():x}"
        tokens = {
            service.build.name: [service.sign_up(f"bench{stamp}{n}") for n in range(16)]
            for service in (old, new)
        }
        yield Both(old, new, tokens)


def _print_costs(both: Both, sizes: Sizes, parts: Sequence[str]) -> None:
    if "idle" in parts:
        time.sleep(5)  # what the start leaves behind is over
        idle = measure_idle([both.old, both.new], sizes.idle_seconds)
        rows = [
            [name, each.service, each.postgres] for name, each in zip(_NAMES, idle, strict=True)
        ]
        print("\n" + table(["idle, CPU ms a second", "service", "Postgres"], rows), flush=True)
    if "turns" not in parts:
        return
    for clients in (1, 16):
        pairs = _pairs(both, sizes, clients)
        print(f"\n### {sizes.turns} turns, {clients} at once\n")
        print(blocks_table(pairs) + "\n\n" + ratios_table(pairs))
        rows = [
            [name, service.processes.private_megabytes(), service.processes.resident_megabytes()]
            for name, service in zip(_NAMES, (both.old, both.new), strict=True)
        ]
        header = ["memory of the service after it, MB", "not file-backed", "resident"]
        print("\n" + table(header, rows), flush=True)
    messages = cost_messages(sizes.statements, _series("statements"))
    counted = [
        [name, count_statements(service, both.tokens[service.build.name][0], messages)]
        for name, service in zip(_NAMES, (both.old, both.new), strict=True)
    ]
    print("\n" + table(["", "statements a turn"], counted), flush=True)


_NAMES = ("old", "new")


def _series(name: str) -> str:
    """Differs from run to run: a kept database would remember the last run's words."""
    return f"{name} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


def _pairs(both: Both, sizes: Sizes, clients: int) -> list[Pair]:
    for service in (both.old, both.new):
        warm = cost_messages(sizes.warming, _series(f"warm {clients}"))
        measure_block(service, both.tokens[service.build.name][:clients], warm)
    messages = cost_messages(sizes.turns, _series(f"{clients} clients"))
    pairs: list[Pair] = []
    for first in range(0, sizes.turns, sizes.block):
        taken: dict[str, Block] = {}
        for service in both.in_order(len(pairs)):
            name = service.build.name
            asked = messages[first : first + sizes.block]
            taken[name] = measure_block(service, both.tokens[name][:clients], asked)
        pairs.append((taken[both.old.build.name], taken[both.new.build.name]))
    return pairs


def _print_streamed(builds: tuple[Build, Build], sizes: Sizes) -> None:
    """One client over `/chat/stream`, answered by the scripted model."""
    with running_model() as model, _both(builds, OLLAMA_HOST=model.server.address) as both:
        model.play(tokens=MODEL_TOKENS, first_delay=MODEL_FIRST_DELAY, interval=MODEL_INTERVAL)
        pairs: list[Pair] = []
        for number in range(sizes.streamed_blocks + 1):
            messages = cost_messages(sizes.streamed, _series(f"stream {number}"))
            taken = {
                service.build.name: measure_block(
                    service, both.tokens[service.build.name][:1], messages, stream=True
                )
                for service in both.in_order(number)
            }
            pairs.append((taken[both.old.build.name], taken[both.new.build.name]))
    print(
        f"\n### Streamed turns of {MODEL_TOKENS} tokens, one every {MODEL_INTERVAL * 1000:.0f} ms\n"
    )
    pairs = pairs[1:]  # the first ones are slow
    print(blocks_table(pairs) + "\n\n" + ratios_table(pairs), flush=True)


def _print_first_runs(builds: tuple[Build, Build], folder: Path) -> None:
    """A first start with demonstration events, and what it leaves on the disk."""
    rows: list[list[object]] = []
    for name, build in zip(_NAMES, builds, strict=True):
        fresh = Build(build.name, build.tree, build.python, folder / f"first-{name}")
        began = time.perf_counter()
        with running(fresh, demo=True):
            seconds = time.perf_counter() - began
        log = fresh.data_dir / "postgres" / "pg_wal"
        size, logged = disk_megabytes(fresh.data_dir), disk_megabytes(log)
        installed = disk_megabytes(build.python.parent.parent)
        rows.append([name, seconds, size, logged, installed])
    header = ["first run", "seconds", "DATA_DIR MB", "of it WAL", "environment of its Python MB"]
    print("\n" + table(header, rows), flush=True)


def _compare(builds: tuple[Build, Build]) -> None:
    with _both(builds) as both:
        old, new = (
            record(service, both.tokens[service.build.name][0]).comparable()
            for service in (both.old, both.new)
        )
    found = {name: list(differences(old[name], new[name])) for name in old}
    for name, lines in found.items():
        if lines:
            print(f"\n{name}\n" + "\n".join(f"  {line}" for line in lines))
    same = sum(not lines for lines in found.values())
    print(f"\n{same} of {len(found)} streams are the same in text and every field.", flush=True)
    if same < len(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
