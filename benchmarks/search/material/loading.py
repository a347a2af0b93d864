"""Loads the rows into the service's own tables and builds its own indexes.

The columns stand here and nowhere else in the benchmarks (`_event`,
`_search_row`); the indexes are the model's, whichever they are today.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.core.management import call_command
from django.db import connection, models
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.types.json import Jsonb

from benchmarks.search.material import rows, texts
from benchmarks.search.material.copying import Row, copy_rows
from benchmarks.search.material.rows import NOW, Rows, moment
from benchmarks.search.systems import database
from events.models import Event, EventSearchRow, Venue
from rag.embedding import get_backend

# Raise it with any change of what is written below.
VERSION = 1
SOURCE = "synthetic"
# The texts are plain English without accents: they need no folding in Python.
_WORDS = """
    INSERT INTO events_eventwords (event_id, words)
    SELECT id, setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('english', title), 'A')
        || setweight(to_tsvector('simple', location), 'B')
        || setweight(to_tsvector('english', array_to_string(metadata_tags, ' ')), 'B')
        || setweight(to_tsvector('english', description), 'D')
    FROM events_event
"""


@dataclass(frozen=True)
class Loaded:
    """Seconds and bytes, as measured when the rows were loaded and each index was built."""

    load_seconds: float
    index_seconds: dict[str, float]
    table_bytes: int
    index_bytes: dict[str, int]


def database_name(count: int) -> str:
    return f"events_{count}"


def load(url: str, calendar: Rows, vectors: NDArray[np.float32], *, fresh: bool) -> Loaded:
    """Makes sure that the database of this size holds these rows; leaves Django in it."""
    name = database_name(len(calendar))
    key = database.digest(
        texts.VERSION, rows.VERSION, VERSION, len(calendar), len(vectors), rows.SEED
    )
    there = not fresh and database.database_exists(url, name)
    if there:
        database.use_database(name)
        call_command("migrate", verbosity=0)
        marker = database.Marker(database.url_of(url, name))
        there = database.schema_fits() and marker.read("rows") == key
    if not there:
        database.use_database("postgres")
        database.create_database(url, name, template=database.BASE)
        database.use_database(name)
        marker = database.Marker(database.url_of(url, name))
        _fill(database.url_of(url, name), marker, calendar, vectors)
        marker.write("rows", key)
    _keep_indexes_current(marker)
    return _describe(marker)


def _fill(url: str, marker: database.Marker, calendar: Rows, vectors: NDArray[np.float32]) -> None:
    with connection.schema_editor() as editor:
        for index in EventSearchRow._meta.indexes:
            editor.remove_index(EventSearchRow, index)
    began = time.perf_counter()
    copy_rows(url, Venue._meta.db_table, _venues(calendar), total=len(calendar.venues))
    copy_rows(url, Event._meta.db_table, _events(calendar), total=len(calendar))
    copy_rows(
        url, EventSearchRow._meta.db_table, _search_rows(calendar, vectors), total=len(calendar)
    )
    with connection.cursor() as cursor:
        cursor.execute(_WORDS)
        cursor.execute("VACUUM ANALYZE")
    marker.write("load_seconds", time.perf_counter() - began)
    marker.write("indexes", {})
    marker.write("index_seconds", {})


def _keep_indexes_current(marker: database.Marker) -> None:
    """Builds the indexes that the model names and the database lacks, or has in another form."""
    wanted: dict[str, models.Index] = {i.name: i for i in EventSearchRow._meta.indexes}
    forms = {name: repr(index.deconstruct()) for name, index in wanted.items()}
    known: dict[str, str] = marker.read("indexes")
    seconds: dict[str, float] = marker.read("index_seconds")
    for name in sorted(set(known) | set(forms)):
        if known.get(name) == forms.get(name):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        known.pop(name, None)
        if name in wanted:
            began = time.perf_counter()
            with connection.schema_editor() as editor:
                editor.add_index(EventSearchRow, wanted[name])
            seconds[name] = time.perf_counter() - began
            known[name] = forms[name]
            print(f"built {name} in {seconds[name]:.0f} s", flush=True)
        marker.write("indexes", known)
        marker.write("index_seconds", seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE events_eventsearchrow")


def _describe(marker: database.Marker) -> Loaded:
    table = EventSearchRow._meta.db_table
    built: dict[str, float] = marker.read("index_seconds")
    names = [index.name for index in EventSearchRow._meta.indexes]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_table_size(%s::regclass)", [table])
        table_bytes = cursor.fetchone()[0]
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_relation_size(indexrelid)"
            " FROM pg_index WHERE indrelid = %s::regclass",
            [table],
        )
        sizes = dict(cursor.fetchall())
    seconds = {name: built[name] for name in names}
    return Loaded(marker.read("load_seconds"), seconds, table_bytes, sizes)


def _venues(calendar: Rows) -> Iterator[Row]:
    for number, (lat, lng) in enumerate(calendar.venues.tolist()):
        yield {
            "id": number + 1, "key": f"{SOURCE} {number}", "name": f"Hall {number}",
            "street_address": f"{number % 900 + 1} Mill Street", "city": "", "state": "",
            "postal_code": "", "country": "", "latitude": lat, "longitude": lng,
            "precision": "venue", "timezone": "UTC", "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip


def _events(calendar: Rows) -> Iterator[Row]:
    for at in range(len(calendar)):
        title, venue, tags, line = texts.event_parts(int(calendar.texts[at]))
        online, in_person = bool(calendar.online[at]), bool(calendar.in_person[at])
        mode = "online" if not in_person else "mixed" if online else "offline"
        yield {
            "id": at + 1, "external_id": str(at), "source": SOURCE, "title": title,
            "description": line, "start_time": moment(int(calendar.starts[at])),
            "end_time": moment(int(calendar.ends[at])), "timezone": "UTC", "all_day": False,
            "url": "", "room_name": "", "location": venue,
            "venue_id": int(calendar.venue[at]) + 1 or None, "event_attendance_mode": mode,
            "event_status": "scheduled", "price": "", "min_price": None, "age_range": "",
            "age_min": None, "age_max": None, "audience_tags": [], "metadata_tags": tags,
            "organizer": "", "series_id": "", "registration_required": None,
            "evidence": Jsonb({}), "filled": Jsonb({}), "content_hash": "", "sequence": 0,
            "withdrawn_by_hand": False, "created_at": NOW,
            "updated_at": NOW,
        }  # fmt: skip


def _search_rows(calendar: Rows, vectors: NDArray[np.float32]) -> Iterator[Row]:
    model = get_backend().name
    for at in range(len(calendar)):
        in_person = bool(calendar.in_person[at])
        x, y, z = calendar.points[at].tolist() if in_person else (None, None, None)
        number = int(calendar.texts[at])
        yield {
            "event_id": at + 1, "cell": int(calendar.cells[at]),
            "starts_at": moment(int(calendar.starts[at])),
            "ends_at": moment(int(calendar.ends[at])),
            "can_attend_online": bool(calendar.online[at]), "can_attend_in_person": in_person,
            "x": x, "y": y, "z": z, "min_price": None, "age_min": None, "age_max": None,
            "audience_tags": [], "metadata_tags": texts.event_parts(number)[2],
            "embedding": HalfVector(vectors[number]), "text_hash": "", "embedding_model": model,
        }  # fmt: skip
