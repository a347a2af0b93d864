"""Keeps the search row of an event in step with the event itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into unit vectors; `name` identifies the model (see `rag.embedding`)."""

    name: str

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
