"""The embedder that pages and commands of this layer use; a higher layer provides it."""

from __future__ import annotations

from collections.abc import Callable

from events.search_index import Embedder

_providers: list[Callable[[], Embedder]] = []


def provide_embedder(provider: Callable[[], Embedder]) -> None:
    """Says where the embedder comes from; the latest provider counts."""
    _providers.append(provider)


def current_embedder() -> Embedder:
    """The embedder in use.

    Raises:
        LookupError: none was provided.
    """
    if not _providers:
        raise LookupError("No embedder was provided; the retrieval app does so when it is ready.")
    return _providers[-1]()
