"""Remembers the vectors of recent queries: the same words again cost nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict

from rag.embedding.base import EmbeddingBackend, Vectors


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
        # Outside the lock: a new query never waits for another one's embedding.
        vector: Vectors = self.backend.embed([text])[0]
        vector.flags.writeable = False
        with self._lock:
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        return vector
