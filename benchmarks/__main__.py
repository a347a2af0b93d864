"""Runs the benchmarks: `python -m benchmarks [name …]` (default: all).

Each works on a database of its own, under `.data/benchmarks`, and prints its
figures beside those of a peer or a floor measured in the same run. `python -m benchmarks
turn --against REVISION` compares the cost of a turn in two builds, and says its own options.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from benchmarks.machine import describe_machine
from superschedules import embedded_postgres

BENCHMARKS = (
    *("understanding", "suggest", "first_token", "ingestion", "merging", "retrieval"),
    "relevance",
)
# Those that can also say how they came to their figures.
EXPLAINING = ("relevance", "merging")
# Has options and a database of its own: `python -m benchmarks conversation --help`.
CONVERSING = "conversation"


def main() -> None:
    if sys.argv[1:2] == ["turn"]:
        # Its builds have servers of their own.
        importlib.import_module("benchmarks.turn.__main__").main(sys.argv[2:])
        return
    if sys.argv[1:2] == [CONVERSING]:
        importlib.import_module("benchmarks.conversation.command").main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=BENCHMARKS, metavar="name")
    parser.add_argument("-v", "--verbose", action="store_true", help="single queries too")
    arguments = parser.parse_args()
    names = arguments.names
    if unknown := set(names) - set(BENCHMARKS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}")
    root = Path(__file__).resolve().parent.parent
    data_dir = root / ".data" / "benchmarks"
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["DJANGO_SETTINGS_MODULE"] = "superschedules.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    with embedded_postgres.running(data_dir) as url:
        os.environ["DATABASE_URL"] = url
        _prepare_database()
        print(describe_machine())
        for name in names:
            print(f"\n## {name}\n")
            options = {"verbose": arguments.verbose} if name in EXPLAINING else {}
            importlib.import_module(f"benchmarks.{name}").run(**options)


def _prepare_database() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from events.places.loading import load_places

    load_places()


if __name__ == "__main__":
    main()
