"""pgvector as its manual shows it: one table, one HNSW index, conditions beside the order.

The planner chooses between the graph (conditions checked afterwards) and the
btree on the start. The index and its settings are pgvector's defaults; the
rows lie in the order of their ids, in a database of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.psycopg import register_vector

from benchmarks.search.material import rows, texts
from benchmarks.search.material.copying import Row, copy_rows
from benchmarks.search.material.queries import Query
from benchmarks.search.material.rows import Rows, moment
from benchmarks.search.systems import database
from benchmarks.search.systems.engine import Built, Effort, Entrant
from benchmarks.search.truth import TOP, Wanted
from core.grid import EARTH_RADIUS_MILES

VERSION = 1
_TABLE: LiteralString = """
    CREATE TABLE event (
        id bigint PRIMARY KEY, latitude double precision, longitude double precision,
        starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
        online boolean NOT NULL, in_person boolean NOT NULL, embedding halfvec(384) NOT NULL
    )
"""
_INDEXES: dict[str, LiteralString] = {
    "event_starts_at": "CREATE INDEX event_starts_at ON event (starts_at)",
    "event_embedding": "CREATE INDEX event_embedding ON event USING hnsw"
    " (embedding halfvec_ip_ops)",
}
# Bounds first, which are cheap; then the haversine. The least keeps rounding
# from leaving the domain of asin.
_WITHIN = f"""
    latitude BETWEEN %(south)s AND %(north)s
    AND 2 * {EARTH_RADIUS_MILES} * asin(sqrt(least(1,
        sin(radians(latitude - %(lat)s) / 2) ^ 2 + cos(radians(latitude)) * cos(radians(%(lat)s))
        * sin(radians(longitude - %(lng)s) / 2) ^ 2))) <= %(miles)s
"""
_MILES_A_DEGREE = 69.0
# pgvector's own limit of ef_search is 1,000.
_EF_SEARCH = (40, 100, 200, 400, 1000)
_FAR = {"hnsw.max_scan_tuples": "200000", "hnsw.scan_mem_multiplier": "4"}


class PlainPgvector:
    """A connection to the loaded table."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        register_vector(self._connection)

    def entrants(self) -> list[Entrant]:
        return [
            Entrant("pgvector, post-filter", [self._effort("off", ef) for ef in _EF_SEARCH]),
            *(
                Entrant(
                    f"pgvector, {order.partition('_')[0]} iterative",
                    [
                        *(self._effort(order, ef) for ef in _EF_SEARCH),
                        self._effort(order, _EF_SEARCH[-1], far=True),
                    ],
                )
                for order in ("strict_order", "relaxed_order")
            ),
        ]

    def close(self) -> None:
        self._connection.close()

    def _effort(self, iterative: str, ef_search: int, *, far: bool = False) -> Effort:
        settings = {"hnsw.iterative_scan": iterative, "hnsw.ef_search": str(ef_search)}
        settings |= _FAR if far else {}
        label = f"ef {ef_search}" + (f", {_FAR['hnsw.max_scan_tuples']} tuples" if far else "")
        return Effort(label, lambda query: self._search(query, settings))

    def _search(self, query: Query, settings: dict[str, str]) -> list[int]:
        """One visit: the settings and the query go to the server together."""
        with (
            self._connection.pipeline(),
            self._connection.transaction(),
            self._connection.cursor(binary=True) as cursor,
        ):
            for name, value in settings.items():
                self._connection.execute("SELECT set_config(%s, %s, true)", [name, value])
            statement, parameters = _statement(query)
            cursor.execute(statement, parameters)
            return [row[0] for row in cursor.fetchall()]


def load(url: str, calendar: Rows, vectors: NDArray[np.float32], *, fresh: bool) -> Built:
    """Makes sure that the plain database of this size holds these rows."""
    name = database_name(len(calendar))
    own = database.url_of(url, name)
    key = database.digest(
        texts.VERSION, rows.VERSION, VERSION, len(calendar), len(vectors), rows.SEED
    )
    there = not fresh and database.database_exists(url, name)
    if not there or database.Marker(own).read("rows") != key:
        database.create_database(url, name)
        database.Marker(own).write("built", _fill(own, calendar, vectors))
        database.Marker(own).write("rows", key)
    seconds: dict[str, float] = database.Marker(own).read("built")
    with psycopg.connect(own) as plain:
        sizes = plain.execute("SELECT pg_table_size('event'), pg_indexes_size('event')").fetchone()
    assert sizes is not None
    index_seconds = sum(seconds[index] for index in _INDEXES)
    return Built("pgvector, plain", seconds["load"], index_seconds, sizes[0], sizes[1])


def database_name(count: int) -> str:
    return f"plain_{count}"


def _fill(url: str, calendar: Rows, vectors: NDArray[np.float32]) -> dict[str, float]:
    with psycopg.connect(url, autocommit=True) as plain:
        plain.execute("CREATE EXTENSION IF NOT EXISTS vector")
        plain.execute(_TABLE)
        began = time.perf_counter()
        copy_rows(url, "event", _rows(calendar, vectors), total=len(calendar))
        seconds = {"load": time.perf_counter() - began}
        for name, statement in _INDEXES.items():
            began = time.perf_counter()
            plain.execute(statement)
            seconds[name] = time.perf_counter() - began
            print(f"built {name} in {seconds[name]:.0f} s", flush=True)
        plain.execute("VACUUM ANALYZE event")
    return seconds


def _rows(calendar: Rows, vectors: NDArray[np.float32]) -> Iterator[Row]:
    # In no order of place or time, as events come in.
    for at in np.random.default_rng(rows.SEED).permutation(len(calendar)):
        in_person = bool(calendar.in_person[at])
        lat, lng = calendar.venues[calendar.venue[at]].tolist() if in_person else (None, None)
        yield {
            "id": int(at) + 1, "latitude": lat, "longitude": lng,
            "starts_at": moment(int(calendar.starts[at])),
            "ends_at": moment(int(calendar.ends[at])), "online": bool(calendar.online[at]),
            "in_person": in_person, "embedding": HalfVector(vectors[calendar.texts[at]]),
        }  # fmt: skip


def _statement(query: Query) -> tuple[LiteralString, dict[str, Any]]:
    wanted = query.wanted
    parameters: dict[str, Any] = {
        "vector": HalfVector(query.vector),
        "date_from": moment(wanted.date_from),
        "date_to": moment(wanted.date_to),
    }
    if wanted.circle:
        lat, lng, miles = wanted.circle
        reach = miles / _MILES_A_DEGREE + 0.01
        parameters |= {
            "lat": lat, "lng": lng, "miles": miles, "south": lat - reach, "north": lat + reach
        }  # fmt: skip
    return (
        "SELECT id FROM event WHERE starts_at < %(date_to)s AND ends_at > %(date_from)s"
        f" AND {_where(wanted)} ORDER BY embedding <#> %(vector)s LIMIT {TOP}",
        parameters,
    )


def _where(wanted: Wanted) -> LiteralString:
    if wanted.is_virtual:
        return "online"
    if wanted.circle is None:
        return "in_person" if wanted.is_virtual is False else "true"
    return f"({_WITHIN})" if wanted.is_virtual is False else f"(online OR ({_WITHIN}))"
