"""Synthetic events by the hundred thousand: real texts' vectors, places by population."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from pgvector import HalfVector
from tqdm import tqdm

from events.demo.generate import generate_events
from events.grid import NO_CELL, cell_of, unit_vector
from events.models import Event, Place
from events.search_index import embedding_text
from rag.embedding import get_backend

SEED = 20261120
TEXTS = 3000
NOISE = 0.35
DAYS = 120
ONLINE_SHARE = 0.12
_HNSW = "search_embedding"


@dataclass(frozen=True)
class Table:
    """The rows as NumPy sees them; `lat` and `lng` are NaN for online events."""

    first_id: int
    vectors: NDArray[np.float32]
    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    starts: NDArray[np.float64]
    online: NDArray[np.bool_]
    now: datetime


def make_table(count: int) -> Table:
    """The synthetic events of the seed; their ids follow each other."""
    random = np.random.default_rng(SEED)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    texts = [embedding_text(draft) for draft in generate_events(now, count=TEXTS)]
    real = get_backend().embed(texts)
    noise = random.normal(size=(count, real.shape[1])).astype(np.float32)
    noise *= NOISE / np.sqrt(real.shape[1])
    vectors = real[random.integers(0, len(real), count)] + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = np.array(list(Place.objects.values_list("latitude", "longitude", "population")))
    weights = places[:, 2] / places[:, 2].sum()
    chosen = places[random.choice(len(places), count, p=weights)]
    online = random.random(count) < ONLINE_SHARE
    lat = np.clip(chosen[:, 0] + random.normal(scale=0.05, size=count), -90, 90)
    lng = (chosen[:, 1] + random.normal(scale=0.07, size=count) + 180) % 360 - 180
    lat[online] = lng[online] = np.nan
    starts = random.uniform(0, DAYS * 86400, count)
    first_id = (Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    return Table(first_id, vectors, lat, lng, starts, online, now)


def load_table(rows: Table) -> float:
    """Copies the rows into the database; returns the seconds that the index took."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {_HNSW}")
        _copy_events(rows)
        _copy_search_rows(rows)
        cursor.execute("ANALYZE events_eventsearchrow")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        began = datetime.now(UTC)
        cursor.execute(
            f"CREATE INDEX {_HNSW} ON events_eventsearchrow USING hnsw"
            " (embedding halfvec_ip_ops) WITH (m = 24, ef_construction = 200)"
        )
        return (datetime.now(UTC) - began).total_seconds()


def drop_table(rows: Table) -> None:
    """Takes the synthetic events out again."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_eventsearchrow WHERE event_id >= %s", [rows.first_id])
        cursor.execute("DELETE FROM events_event WHERE id >= %s", [rows.first_id])


def _copy_events(rows: Table) -> None:
    columns = (
        "id, external_id, source, title, description, start_time, timezone, all_day, url,"
        " room_name, location, event_attendance_mode, event_status, price, age_range,"
        " audience_tags, metadata_tags, organizer, series_id, content_hash, created_at, updated_at"
    )
    now = rows.now
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY events_event ({columns}) FROM STDIN") as copy,
    ):
        for i in tqdm(range(len(rows.starts)), desc="events", disable=None, leave=False):
            mode = "online" if rows.online[i] else "offline"
            start = now + timedelta(seconds=float(rows.starts[i]))
            copy.write_row(
                [rows.first_id + i, str(i), "synthetic", f"event {i}", "", start, "UTC", False, "",
                 "", "", mode, "scheduled", "", "", [], [], "", "", "", now, now]
            )  # fmt: skip


def _copy_search_rows(rows: Table) -> None:
    columns = (
        "event_id, cell, starts_at, ends_at, can_attend_online, can_attend_in_person, x, y, z,"
        " audience_tags, metadata_tags, embedding, text_hash, embedding_model"
    )
    statement = f"COPY events_eventsearchrow ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in tqdm(_by_cell_and_start(rows), desc="search rows", disable=None, leave=False,
                        total=len(rows.starts)):  # fmt: skip
            copy.write_row(row)


def _by_cell_and_start(rows: Table) -> Iterator[list[object]]:
    """Search rows in the order of the table's index."""
    cells = [
        NO_CELL if online else cell_of(float(lat), float(lng))
        for lat, lng, online in zip(rows.lat, rows.lng, rows.online, strict=True)
    ]
    for i in np.lexsort((rows.starts, np.array(cells))):
        start = rows.now + timedelta(seconds=float(rows.starts[i]))
        online = bool(rows.online[i])
        point = (None,) * 3 if online else unit_vector(float(rows.lat[i]), float(rows.lng[i]))
        vector = HalfVector(rows.vectors[i]).to_text()
        yield [rows.first_id + int(i), cells[i], start, start + timedelta(hours=2), online,
               not online, *point, [], [], vector, "", "synthetic"]  # fmt: skip
