"""The event texts' vectors by the real model, made once and kept in files.

`python -m benchmarks.search.material.vectors 1000000` makes them by itself; it can be
stopped and started again at any time.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from benchmarks.search.material.texts import VERSION, event_text

MODEL = "all-MiniLM-L6-v2"
SHARD_TEXTS = 10_000


def read_vectors(folder: Path, count: int) -> NDArray[np.float32]:
    """Unit vectors of the first `count` texts, as a halfvec holds them: float32[count, 384]."""
    make_vectors(folder, count)
    vectors: NDArray[np.float32] | None = None
    for number, start in enumerate(range(0, count, SHARD_TEXTS)):
        shard = np.load(_shard(folder, number))[: count - start]
        if vectors is None:
            vectors = np.empty((count, shard.shape[1]), np.float32)
        vectors[start : start + len(shard)] = shard
    assert vectors is not None
    return vectors


def make_vectors(folder: Path, count: int) -> None:
    """Embeds the texts whose files are not there yet, one process a core.

    Each process runs the model in one thread: short texts gain nothing from
    more, and on a busy machine threads wait for each other.
    """
    shards = range(-(-count // SHARD_TEXTS))
    missing = [number for number in shards if not _shard(folder, number).exists()]
    if not missing:
        return
    _shard(folder, 0).parent.mkdir(parents=True, exist_ok=True)
    workers = min(len(missing), os.cpu_count() or 1)
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool,
        tqdm(total=len(missing) * SHARD_TEXTS, desc="embedding", unit="text") as progress,
    ):
        for _ in pool.map(_make_shard, [folder] * len(missing), missing):
            progress.update(SHARD_TEXTS)


def _shard(folder: Path, number: int) -> Path:
    return folder / f"texts{VERSION}-{MODEL}" / f"{number:05}.npy"


def _start_worker() -> None:
    os.environ["EMBEDDING_THREADS"] = "1"
    os.environ.setdefault("DATABASE_URL", "postgresql:///unused")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superschedules.settings")
    import django

    django.setup()


def _make_shard(folder: Path, number: int) -> None:
    from rag.embedding import get_backend

    first = number * SHARD_TEXTS
    texts = [event_text(first + offset) for offset in range(SHARD_TEXTS)]
    path = _shard(folder, number)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, get_backend().embed(texts).astype(np.float16))
    unfinished.replace(path)


if __name__ == "__main__":
    from benchmarks.search.folders import vectors_folder

    make_vectors(vectors_folder(), int(sys.argv[1]))
