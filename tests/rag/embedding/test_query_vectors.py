"""The memory of recent queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.embedding.base import EmbeddingError, Vectors
from rag.embedding.registry import QueryVectors


class CountingBackend:
    """Embeds a text as its length, and remembers what it was asked; "down" fails."""

    name = "counting"
    dimensions = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        if "down" in texts:
            raise EmbeddingError("down")
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_repeated_query_is_embedded_once() -> None:
    backend = CountingBackend()
    queries = QueryVectors(backend)
    first, again = queries.vector("jazz"), queries.vector("jazz")
    assert backend.asked == ["jazz"]
    assert again is first
    assert first.tolist() == [4, 1]


def test_least_recently_used_query_is_forgotten() -> None:
    backend = CountingBackend()
    queries = QueryVectors(backend, capacity=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        queries.vector(text)
    assert backend.asked == ["a", "b", "c", "b"]


def test_remembered_vector_cannot_be_changed() -> None:
    vector = QueryVectors(CountingBackend()).vector("jazz")
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 9


def test_failure_is_not_remembered() -> None:
    backend = CountingBackend()
    queries = QueryVectors(backend)
    for _ in range(2):
        with pytest.raises(EmbeddingError):
            queries.vector("down")
    assert backend.asked == ["down", "down"]
