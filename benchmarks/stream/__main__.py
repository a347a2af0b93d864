"""`python -m benchmarks.stream`: streams on the two cores that all parts share.

Service, scripted model, load generator and Postgres run side by side; so do, one after
the other, a bare pass-through and litellm's proxy under the same load. `--quick` takes
fewer turns and streams, and installs no proxy.
"""

from __future__ import annotations

import argparse
import os

from benchmarks.search.folders import benchmarks_folder
from superschedules import embedded_postgres


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns and streams")
    parser.add_argument(
        "--only", default="", help="parts, separated by commas (default: all of them)"
    )
    arguments = parser.parse_args()
    folder = benchmarks_folder() / "stream"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "superschedules.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    with embedded_postgres.running(folder) as url:
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        # Importable only now that the settings can be read.
        from benchmarks.stream.running import run_benchmark

        run_benchmark(folder, quick=arguments.quick, only=arguments.only)


if __name__ == "__main__":
    main()
