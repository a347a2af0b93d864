"""The retrieval app: from a message to ranked events."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class RagConfig(AppConfig):
    name = "rag"

    def ready(self) -> None:
        # Here, since the checks know the models, which are loaded only now.
        from events.search_table.vectors import provide_embedder
        from rag.checks import check_embedding_backend, check_geocoder
        from rag.embedding import get_backend

        register(check_embedding_backend, "retrieval")
        register(check_geocoder, "retrieval")
        provide_embedder(get_backend)
