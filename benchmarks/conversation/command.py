"""The command: `python -m benchmarks conversation [options]`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.conversation.cases import PARTS, choose, load_cases
from benchmarks.conversation.plain import plain_embedding
from benchmarks.conversation.report import failures, tables, write_figures
from benchmarks.conversation.running import Court, Plain
from benchmarks.conversation.sample import load_sample
from benchmarks.conversation.service import (
    ROOT,
    Client,
    Home,
    kept_database,
    running_service,
)
from benchmarks.machine import describe_machine

_SHARED = ROOT.parent / "shared" / "data"


def main(arguments: Sequence[str] | None = None) -> None:
    """Asks, judges and prints."""
    options = _parse(arguments)
    data = options.data or Path(os.environ.get("CALENDARS", _SHARED))
    known = load_sample(data / "questions.jsonl") if options.shared else load_cases()
    cases = choose(known, part=options.part, only=options.only)
    keep = options.keep or ROOT / ".data" / "benchmarks" / "conversation"
    home = Home(options.project.resolve(), keep.resolve(), data)
    print(describe_machine())
    with _court(options, home) as court:
        judged = list(court.judge_all(cases, options.workers))
    print(f"\n{tables(judged)}")
    # Whoever tunes must not see how the other half fails, unless that is asked for.
    is_final_asked = options.part == "final" and options.failures
    seen = [each for each in judged if each.case.part == "dev" or is_final_asked]
    if options.failures:
        print("", *failures(seen), sep="\n")
    if options.json:
        write_figures(options.json, judged, keep=lambda each: each in seen)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks conversation",
        description="Asks the hand-written questions over HTTP and judges the answers by rule.",
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="FOLDER", help="the calendars (default: CALENDARS)")
    add("--keep", type=Path, metavar="FOLDER", help="where the database stays between runs")
    add("--project", type=Path, default=ROOT, metavar="FOLDER", help="another checkout to judge")
    add("--url", help="a running service instead, without the plain embedding")
    add("--token", default="", help="an access token for it (default: a new account)")
    add("--part", choices=PARTS, help="one part only")
    add("--only", default="", metavar="ID,…", help="these questions and conversations only")
    add("--shared", action="store_true", help="the sample in the data folder instead")
    add("--failures", action="store_true", help="each failing message; final ones if asked for")
    add("--json", type=Path, metavar="FILE", help="write the figures and the answers")
    add("--workers", type=int, default=3, help="questions asked at once")
    return parser.parse_args(arguments)


@contextmanager
def _court(options: argparse.Namespace, home: Home) -> Iterator[Court]:
    """The court over the running service, or over one of our own."""
    with ExitStack() as stack:
        plain: Plain | None = None
        url = options.url
        if not url:
            database = stack.enter_context(kept_database(home))
            url = stack.enter_context(running_service(home, database))
            plain = plain_embedding(home, database)
        yield Court(Client(url, options.token), plain)
