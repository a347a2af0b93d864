"""An embedder without a model: words are hashed into a vector, always the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class HashingEmbedder:
    """Unit vectors of hashed words; keeps every text that it was asked for."""

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        vectors = np.zeros((len(texts), 384), np.float32)
        for row, text in enumerate(texts):
            for word in ["", *text.casefold().split()]:
                digest = hashlib.sha256(word.encode()).digest()
                vectors[row, int.from_bytes(digest[:4]) % 384] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
