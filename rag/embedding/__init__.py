"""Texts as unit vectors: one backend for the process, behind this door."""

from __future__ import annotations

from rag.embedding.base import EmbeddingBackend, EmbeddingError, Vectors
from rag.embedding.registry import check_dimensions, embed_query, get_backend

__all__ = [
    "EmbeddingBackend",
    "EmbeddingError",
    "Vectors",
    "check_dimensions",
    "embed_query",
    "get_backend",
]
