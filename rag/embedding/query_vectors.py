"""Remembers the vectors of recent queries: the same words again cost nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

from rag.embedding.base import EmbeddingBackend, Vectors

# Enough that queries do not wait for a server that answers slowly.
_THREADS = 4


class QueryVectors:
    """The vectors of the latest queries of one backend; safe to share between threads.

    They are made in threads of their own, so that one may be asked for before it is needed.
    """

    def __init__(self, backend: EmbeddingBackend, *, capacity: int = 1024) -> None:
        self.backend = backend
        self._capacity = capacity
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="query-vector")
        self._vectors: OrderedDict[str, Future[Vectors]] = OrderedDict()

    def vector(self, text: str) -> Vectors:
        """The read-only unit vector of a query, shape (dimensions,).

        Raises:
            EmbeddingError: the backend could not answer; that is not remembered.
        """
        made = self.begin(text)
        try:
            return made.result()
        finally:
            self._forget_failure(text, made)

    def begin(self, text: str) -> Future[Vectors]:
        """Begins to make the vector of a query, unless it is known or being made."""
        with self._lock:
            known = self._vectors.get(text)
            if known is not None:
                self._vectors.move_to_end(text)
                return known
            made = self._vectors[text] = self._threads.submit(self._embedded, text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        made.add_done_callback(lambda _: self._forget_failure(text, made))
        return made

    def _embedded(self, text: str) -> Vectors:
        vector: Vectors = self.backend.embed([text])[0]
        vector.flags.writeable = False
        return vector

    def _forget_failure(self, text: str, made: Future[Vectors]) -> None:
        if made.done() and made.exception() is None:
            return
        with self._lock:
            if self._vectors.get(text) is made:
                del self._vectors[text]
