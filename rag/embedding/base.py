"""What an embedding backend is: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EmbeddingError(Exception):
    """A text could not be embedded now; the message is for the log."""


class EmbeddingBackend(Protocol):
    """Turns texts into vectors of unit length; safe to share between threads.

    `name` identifies backend and model, and is stored with each vector, so
    that vectors of another model are known to be stale.
    """

    name: str

    @property
    def dimensions(self) -> int:
        """The length of a vector; a remote backend may have to ask for it once.

        Raises:
            EmbeddingError: the backend could not answer.
        """
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), dimensions), rows of unit length.

        Blocks for milliseconds: never call it on an event loop.

        Raises:
            EmbeddingError: the backend could not answer.
        """
        ...


def encodable(text: str) -> str:
    """The text with lone surrogates as "?": JSON may carry them, UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
