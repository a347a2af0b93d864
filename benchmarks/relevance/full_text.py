"""Plain Postgres full-text search over the same events, as the peer that hybrid must beat.

One weighted `tsvector` an event in a temporary table: title A, venue and organizer B,
tags C, description D, in the configuration `english`. A query is what is left of the words after
understanding, once as `websearch_to_tsquery` makes it (all words, quotes as phrases)
and once with its lexemes joined by OR. Whatever has any of the words is found. First comes
what satisfies the whole query, then what has more of its different words, then what
`ts_rank` of the OR-ed query prefers. Of ten ways to order (`ts_rank` and `ts_rank_cd`, lengths
counted or not, with and without the number of words), tried on 113 queries of both halves,
this one had the best nDCG@10.
"""

from __future__ import annotations

from django.db import connection

from rag.search.filters import SearchFilter, matches

_TABLE = "relevance_words"
_BUILD = f"""
CREATE TEMPORARY TABLE {_TABLE} AS
SELECT e.id AS event_id,
       setweight(to_tsvector('english', e.title), 'A')
       || setweight(to_tsvector('english', concat_ws(' ', v.name, e.location, e.organizer)), 'B')
       || setweight(
           to_tsvector('english', array_to_string(e.metadata_tags || e.audience_tags, ' ')), 'C')
       || setweight(to_tsvector('english', e.description), 'D') AS words
FROM events_event e LEFT JOIN events_venue v ON v.id = e.venue_id
"""
_SEARCH = """
WITH asked AS (
    SELECT websearch_to_tsquery('english', %(words)s) AS whole,
           replace(plainto_tsquery('english', %(words)s)::text, '&', '|')::tsquery AS any_word,
           tsvector_to_array(to_tsvector('english', %(words)s)) AS words
)
SELECT r.event_id
FROM {table} t JOIN events_eventsearchrow r USING (event_id), asked
WHERE t.words @@ asked.any_word AND {condition}
ORDER BY t.words @@ asked.whole DESC,
         (SELECT count(*) FROM unnest(asked.words) word
          WHERE t.words @@ quote_literal(word)::tsquery) DESC,
         ts_rank(t.words, asked.any_word) DESC, r.starts_at, r.event_id
LIMIT %(limit)s
"""


def build_words() -> None:
    """Makes the temporary table of this connection anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TABLE}")
        cursor.execute(_BUILD)
        cursor.execute(f"CREATE INDEX ON {_TABLE} USING gin (words)")
        cursor.execute(f"ANALYZE {_TABLE}")


def search_words(words: str, wanted: SearchFilter, *, limit: int) -> list[int]:
    """Ids of the events with any of the words that satisfy the filter, best first."""
    condition = matches(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH.format(table=_TABLE, condition=condition.sql),
            {**condition.parameters, "words": words, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]
