"""The plain embedding that the product is measured against: the same model, the same texts."""

from __future__ import annotations

import os

import numpy as np
import psycopg

from benchmarks.conversation.running import Plain, Vector
from benchmarks.conversation.service import Home

_VECTORS = "SELECT event_id, embedding::text FROM events_eventsearchrow WHERE embedding IS NOT NULL"


def plain_embedding(home: Home, url: str) -> Plain:
    """Reads the vectors that the service made, and makes those of queries in this process."""
    os.environ["DATABASE_URL"] = url
    os.environ["DATA_DIR"] = str(home.keep / "service")
    os.environ.setdefault("MODEL_CACHE_DIR", str(home.keep / "models"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "superschedules.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from rag.embedding import embed_query

    return Plain(embed=embed_query, vectors=_read_vectors(url))


def _read_vectors(url: str) -> dict[int, Vector]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(_VECTORS).fetchall()
    return {event: np.fromstring(text[1:-1], dtype=np.float32, sep=",") for event, text in rows}
