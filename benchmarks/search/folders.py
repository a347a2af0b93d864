"""Where the benchmark keeps what takes long to make."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def benchmarks_folder() -> Path:
    """`BENCH_CACHE_DIR`, or `.data/benchmarks` of the project."""
    return Path(os.environ.get("BENCH_CACHE_DIR") or _ROOT / ".data" / "benchmarks")


def vectors_folder() -> Path:
    return benchmarks_folder() / "vectors"
