"""all-MiniLM-L6-v2 on onnxruntime: the built-in embedding backend."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from rag.embedding.base import Vectors, encodable
from rag.embedding.minilm_files import (
    DIMENSIONS,
    GRAPH_FILE,
    WEIGHTS_NAME,
    read_tokenizer,
    verify_weights,
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
        threads: for one run of the graph; 0 means one for each available core.

    Raises:
        ImproperlyConfigured: the model's files are missing or not the published ones.
    """

    dimensions = DIMENSIONS

    def __init__(self, *, model_folder: Path, threads: int = 0) -> None:
        self.name = "onnx-minilm:all-MiniLM-L6-v2"
        self._tokenizer = read_tokenizer(model_folder)
        self._session = _open_session(model_folder, threads or _available_cores())

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


def _open_session(model_folder: Path, threads: int) -> onnxruntime.InferenceSession:
    verify_weights(model_folder)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads kept a whole core busy for 20 to 30 ms a query, of which 4 were work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The weights are mapped from the installed file, where the graph finds them by their offsets.
    # onnxruntime takes none that a symbolic link leads to, as some installers make them.
    weights = (model_folder / WEIGHTS_NAME).resolve()
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights.parent)
    )
    return onnxruntime.InferenceSession(
        GRAPH_FILE.read_bytes(), options, providers=["CPUExecutionProvider"]
    )


def _available_cores() -> int:
    """The cores that this process may use, which a container may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
