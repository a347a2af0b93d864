"""`python -m benchmarks.search`: search at up to a million events, beside its peers.

The grid of filters is measured at the largest of the sizes, growth over all of
them. What takes long is kept under `.data/benchmarks` (or `BENCH_CACHE_DIR`):
vectors, loaded databases, Qdrant's shards. The first run at a million events
takes about two hours on two cores, most of them for vectors and graphs.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.search.folders import benchmarks_folder


def main() -> None:
    arguments = _parse()
    folder = benchmarks_folder() / "search"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "superschedules.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    # Importable only now that the settings can be read.
    from benchmarks.search.systems.database import running_server

    with running_server(folder) as url:
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from benchmarks.search.running import run_benchmark

        run_benchmark(url, folder, arguments)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument(
        "--events",
        type=lambda text: sorted(int(part) for part in text.split(",")),
        default=[10_000, 100_000, 1_000_000],
        help="sizes, separated by commas (default: 10000,100000,1000000)",
    )
    parser.add_argument("--texts", type=int, default=500_000, help="distinct texts at most")
    parser.add_argument("--queries", type=int, default=30, help="queries of each kind in each cell")
    parser.add_argument("--quick", action="store_true", help="fewer cells and queries")
    parser.add_argument("--load-only", action="store_true", help="load, build and measure nothing")
    parser.add_argument("--only-ours", action="store_true", help="without Qdrant and pgvector")
    parser.add_argument("--fresh", action="store_true", help="load our rows anew")
    parser.add_argument("--fresh-peers", action="store_true", help="load the others' rows anew")
    return parser.parse_args()


if __name__ == "__main__":
    main()
