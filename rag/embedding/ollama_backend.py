"""Embedding through an Ollama server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import httpx
import numpy as np
import ollama

from rag.embedding.base import EmbeddingError, Vectors, encodable

_BATCH_TEXTS = 32


class OllamaEmbedding:
    """One embedding model of an Ollama server; safe to share between threads.

    As a context manager it closes its connections at the end.

    Args:
        model: as Ollama names it, for example "all-minilm:l6-v2".
        host: the server's URL.
        connect_timeout: seconds.
        answer_timeout: seconds without a byte, loading the model included.
    """

    def __init__(
        self, model: str, *, host: str, connect_timeout: float, answer_timeout: float
    ) -> None:
        self.name = f"ollama:{model}"
        self._model = model
        self._client = ollama.Client(
            host, timeout=httpx.Timeout(answer_timeout, connect=connect_timeout)
        )
        self._dimensions: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()  # type: ignore[no-untyped-call]

    @property
    def dimensions(self) -> int:
        """The length of a vector, learnt from the first one that the server gives."""
        if self._dimensions is None:
            self._dimensions = self._embed_batch(["dimensions"]).shape[1]
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), dimensions), rows of unit length."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = self._embed_batch(
                [encodable(text) for text in texts[start : start + _BATCH_TEXTS]]
            )
            if batch.shape[1] != self.dimensions:
                raise EmbeddingError(f"The vectors of {self.name} have changed their length.")
            vectors[start : start + len(batch)] = batch
        return vectors

    def _embed_batch(self, texts: list[str]) -> Vectors:
        """The vectors of one request, made unit length."""
        try:
            vectors = np.array(self._ask(texts), np.float64)
        except ValueError as error:  # rows of different length
            raise EmbeddingError(f"{self.name} answered with unequal vectors.") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise EmbeddingError(f"{self.name} did not answer with one vector for each text.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise EmbeddingError(f"{self.name} answered with a vector that has no direction.")
        unit: Vectors = (vectors / lengths).astype(np.float32)
        return unit

    def _ask(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """The one place where the client's errors become ours."""
        try:
            return self._client.embed(model=self._model, input=texts).embeddings
        except ollama.ResponseError as error:
            raise EmbeddingError(
                f"Ollama refused to embed with {self._model} (status {error.status_code})."
            ) from error
        except httpx.TimeoutException as error:
            raise EmbeddingError(f"Ollama took too long to embed with {self._model}.") from error
        except (ConnectionError, httpx.HTTPError) as error:
            raise EmbeddingError("The Ollama server could not be reached.") from error
        except (TypeError, ValueError) as error:  # not JSON, or not the shape of an answer
            raise EmbeddingError("Ollama's answer was not understood.") from error
