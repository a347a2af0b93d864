"""The process's one embedding backend, chosen by the settings, with its recent queries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from events.models.search import EMBEDDING_DIMENSIONS
from rag.embedding.base import EmbeddingBackend, Vectors
from rag.embedding.minilm_files import INSTALL_HINT, model_folder


class QueryVectors:
    """The vectors of the latest queries of one backend; safe to share between threads."""

    def __init__(self, backend: EmbeddingBackend, *, capacity: int = 1024) -> None:
        self.backend = backend
        self._capacity = capacity
        self._lock = threading.Lock()
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def vector(self, text: str) -> Vectors:
        """The read-only unit vector of a query, shape (dimensions,).

        Raises:
            EmbeddingError: the backend could not answer; that is not remembered.
        """
        with self._lock:
            if text in self._vectors:
                self._vectors.move_to_end(text)
                return self._vectors[text]
        # Outside the lock, so that no query waits for another one's embedding.
        vector: Vectors = self.backend.embed([text])[0]
        vector.flags.writeable = False
        with self._lock:
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        return vector


ONNX_NAMES = ("onnx-minilm", "onnx-minilm:all-MiniLM-L6-v2")
NAMES_HINT = 'Set EMBEDDING_BACKEND to "onnx-minilm" (built in) or to "ollama:<model>".'


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """Everything that a backend is made from."""

    name: str
    threads: int
    ollama_host: str
    connect_timeout: float
    answer_timeout: float

    @classmethod
    def from_settings(cls) -> BackendOptions:
        return cls(
            name=settings.EMBEDDING_BACKEND,
            threads=settings.EMBEDDING_THREADS,
            ollama_host=settings.OLLAMA_HOST,
            connect_timeout=settings.LLM_CONNECT_TIMEOUT,
            answer_timeout=settings.LLM_FIRST_TOKEN_TIMEOUT,
        )


_lock = threading.Lock()
_loaded: dict[BackendOptions, QueryVectors] = {}


def get_backend() -> EmbeddingBackend:
    """The backend that the settings name, made on the first call of the process.

    Raises:
        ImproperlyConfigured: no backend has this name, or its files are damaged.
    """
    return _query_vectors().backend


def embed_query(text: str) -> Vectors:
    """The read-only unit vector of one query, shape (dimensions,); a repeated one is free.

    Blocks for milliseconds: never call it on an event loop.

    Raises:
        EmbeddingError: the backend could not answer.
    """
    return _query_vectors().vector(text)


def check_dimensions() -> None:
    """Compares the backend's vectors with the search table's; call it as the server starts.

    Also loads the model, so that the first query does not wait for it.

    Raises:
        ImproperlyConfigured: the vectors would not fit the table.
        EmbeddingError: a remote backend could not be asked now.
    """
    backend = get_backend()
    if backend.dimensions != EMBEDDING_DIMENSIONS:
        raise ImproperlyConfigured(
            f"The vectors of {backend.name} have {backend.dimensions} dimensions, but the search "
            f"table holds {EMBEDDING_DIMENSIONS}. Set EMBEDDING_BACKEND to a model with "
            f"{EMBEDDING_DIMENSIONS}, such as onnx-minilm or ollama:all-minilm."
        )


def is_known(name: str) -> bool:
    """Whether a backend has this name; asks no server and loads no model."""
    kind, _, model = name.partition(":")
    return name in ONNX_NAMES or (kind == "ollama" and model.strip() == model != "")


def _query_vectors() -> QueryVectors:
    options = BackendOptions.from_settings()
    with _lock:
        if options not in _loaded:
            _loaded[options] = QueryVectors(_make_backend(options))
        return _loaded[options]


def _make_backend(options: BackendOptions) -> EmbeddingBackend:
    """Each backend's libraries are imported only where they are used: they are slow to load."""
    if not is_known(options.name):
        raise ImproperlyConfigured(f"Unknown embedding backend {options.name!r}. {NAMES_HINT}")
    if options.name in ONNX_NAMES:
        from rag.embedding.onnx_backend import OnnxMiniLM

        folder = model_folder()
        if folder is None:
            raise ImproperlyConfigured(f"The embedding model is not installed: {INSTALL_HINT}")
        return OnnxMiniLM(model_folder=folder, threads=options.threads)
    from rag.embedding.ollama_backend import OllamaEmbedding

    return OllamaEmbedding(
        options.name.removeprefix("ollama:"),
        host=options.ollama_host,
        connect_timeout=options.connect_timeout,
        answer_timeout=options.answer_timeout,
    )
