"""Translates what fails below a search into the error that callers know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from core.errors import RetrievalError
from rag.embedding import EmbeddingError


@contextmanager
def as_retrieval_error() -> Iterator[None]:
    """Raises `RetrievalError` for a query that cannot be embedded or that Postgres refuses."""
    try:
        yield
    except (EmbeddingError, DatabaseError) as error:
        raise RetrievalError from error
