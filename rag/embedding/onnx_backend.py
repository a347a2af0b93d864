"""all-MiniLM-L6-v2 on onnxruntime: the built-in embedding backend."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from rag.embedding import graph_cache
from rag.embedding.base import Vectors, encodable
from rag.embedding.minilm_files import DIMENSIONS, WEIGHTS_SHA256, read_tokenizer, read_weights

log = logging.getLogger(__name__)

GRAPH_VERSION = 1
GRAPH_KEY = (
    f"all-minilm-l6-v2-{WEIGHTS_SHA256[:12]}-graph{GRAPH_VERSION}-ort{onnxruntime.__version__}"
)

# Throughput is flat from 8 rows on; 16 keep the activations in a few megabytes.
_BATCH_ROWS = 16
# Texts are tokenised this many at a time, so that memory does not grow with the list.
_WINDOW_TEXTS = 1024


class OnnxMiniLM:
    """all-MiniLM-L6-v2 in float32, at most 256 tokens a text.

    Safe to share between threads; both the tokenizer and onnxruntime release
    the GIL while they work.

    Args:
        model_folder: holds `model.safetensors` and `tokenizer.json`.
        cache_folder: where the assembled graph is kept (about 90 MB).
        threads: for one run of the graph; 0 means one for each available core.

    Raises:
        ImproperlyConfigured: the model's files are missing or not the published ones.
    """

    dimensions = DIMENSIONS

    def __init__(self, *, model_folder: Path, cache_folder: Path, threads: int = 0) -> None:
        self.name = "onnx-minilm:all-MiniLM-L6-v2"
        self._tokenizer = read_tokenizer(model_folder)
        self._session = _open_session(
            _kept_graph(model_folder, cache_folder), threads or _available_cores()
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), 384), rows of unit length, in the order of the texts."""
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for start in range(0, len(texts), _WINDOW_TEXTS):
            window = slice(start, start + _WINDOW_TEXTS)
            vectors[window] = self._embed_window(texts[window])
        return vectors

    def _embed_window(self, texts: Sequence[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch_fast([encodable(text) for text in texts])
        tokens = [encoding.ids for encoding in encodings]
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        vectors = np.empty((len(tokens), DIMENSIONS), np.float32)
        for start in range(0, len(order), _BATCH_ROWS):
            rows = order[start : start + _BATCH_ROWS]
            vectors[rows] = self._run([tokens[row] for row in rows])
        return vectors

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """One run of the graph; the batch is ordered by length, the longest last."""
        input_ids = np.zeros((len(batch), len(batch[-1])), np.int32)
        mask = np.zeros_like(input_ids)
        for row, tokens in enumerate(batch):
            input_ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        vectors: Vectors
        (vectors,) = self._session.run(["vectors"], {"input_ids": input_ids, "mask": mask})
        return vectors


def _kept_graph(model_folder: Path, cache_folder: Path) -> Path | bytes:
    """The graph's file; its bytes where no file can be kept."""
    try:
        if kept := graph_cache.find(cache_folder, GRAPH_KEY):
            return kept
    except OSError as error:
        log.warning("The embedding graph's cache cannot be read: %s", error)

    # Imported here, because importing onnx costs more than opening a kept graph.
    from rag.embedding.minilm_graph import assemble

    graph = assemble(read_weights(model_folder))
    try:
        return graph_cache.store(cache_folder, GRAPH_KEY, graph)
    except OSError as error:
        log.warning("The embedding graph is not kept, and each start assembles it: %s", error)
        return graph


def _open_session(graph: Path | bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads kept a whole core busy for 20 to 30 ms a query, of which 4 were work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(graph) if isinstance(graph, Path) else graph,
        options,
        providers=["CPUExecutionProvider"],
    )


def _available_cores() -> int:
    """The cores that this process may use, which a container may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
