"""A filled search table, and what the catalogue says of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
from django.db import connection
from pgvector import HalfVector

from events.models import Event, EventSearchRow
from tests.serving import database_url

START = datetime(2026, 12, 1, tzinfo=UTC)
SOURCE = "search table"
_CATALOGUE = """
    SELECT 'column', attname::text, format('%s %s %s %s %s %s', format_type(atttypid, atttypmod),
        attnotnull, attstorage, attgenerated, attstattarget, pg_get_expr(adbin, adrelid))
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = 'events_eventsearchrow'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes
    WHERE tablename = 'events_eventsearchrow'
    UNION ALL SELECT 'valid', indexrelid::regclass::text, format('%s %s', indisvalid, indisprimary)
    FROM pg_index WHERE indrelid = 'events_eventsearchrow'::regclass
    UNION ALL SELECT 'constraint', conname::text, format('%s %s %s', contype, convalidated,
        pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE conrelid = 'events_eventsearchrow'::regclass
    UNION ALL SELECT 'trigger', tgname::text, '' FROM pg_trigger
    WHERE tgrelid = 'events_eventsearchrow'::regclass AND NOT tgisinternal
    UNION ALL SELECT 'table', relname::text, format('%s %s %s %s', relowner::regrole, relacl,
        reloptions, relkind) FROM pg_class WHERE relname LIKE 'events_eventsearchrow%'
    UNION ALL SELECT 'function', proname::text, '' FROM pg_proc
    WHERE proname LIKE 'events_eventsearchrow%'
    ORDER BY 1, 2, 3
"""


def catalogue() -> list[tuple[str, ...]]:
    """Everything by which the search table could be told from another."""
    with connection.cursor() as cursor:
        cursor.execute(_CATALOGUE)
        return list(cursor.fetchall())


def contents() -> dict[int, tuple[object, ...]]:
    """All that stands in the table, by event, of the events of `filled`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.* FROM events_eventsearchrow r JOIN events_event e ON e.id = r.event_id"
            " WHERE source = %s",
            [SOURCE],
        )
        return {row[0]: row for row in cursor.fetchall()}


def other_connection() -> psycopg.Connection:
    """A connection that commits each statement at once."""
    return psycopg.connect(database_url(), autocommit=True)


def add_row(number: int) -> int:
    """One more event with a row; returns its id."""
    return _add([number])[0]


@contextmanager
def filled(count: int) -> Iterator[list[int]]:
    """So many events with rows, in no order; gives their ids and takes them away at the end."""
    try:
        yield _add(list(range(count)))
    finally:
        with connection.cursor() as cursor:
            mine = "SELECT id FROM events_event WHERE source = %s"
            cursor.execute(
                f"DELETE FROM events_eventsearchrow WHERE event_id IN ({mine})", [SOURCE]
            )
            cursor.execute("DELETE FROM events_event WHERE source = %s", [SOURCE])


def _add(numbers: list[int]) -> list[int]:
    chosen = random.Random(numbers[0])
    starts = [START + timedelta(minutes=chosen.randrange(100_000)) for _ in numbers]
    events = Event.objects.bulk_create(
        Event(source=SOURCE, external_id=str(number), title=f"event {number}", timezone="UTC",
              start_time=start)
        for number, start in zip(numbers, starts, strict=True)
    )  # fmt: skip
    vectors = np.random.default_rng(numbers[0]).normal(size=(len(numbers), 384))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    EventSearchRow.objects.bulk_create(
        EventSearchRow(
            event=event, cell=chosen.randrange(40), starts_at=event.start_time,
            ends_at=event.start_time + timedelta(hours=chosen.choice([1, 50])),
            can_attend_online=event.pk % 3 == 0, embedding=HalfVector(vector), text_hash="",
            embedding_model="test", group_key=event.pk % 7 or None,
        )
        for event, vector in zip(events, vectors, strict=True)
    )  # fmt: skip
    return [event.pk for event in events]
