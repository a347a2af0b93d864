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
    """Turns texts into vectors of unit length.

    `name` identifies backend and model, and is stored with each vector, so
    that vectors of another model are known to be stale.
    """

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (len(texts), dimensions), rows of unit length.

        Blocks for milliseconds: never call it on an event loop.

        Raises:
            EmbeddingError: the backend could not answer.
        """
        ...
