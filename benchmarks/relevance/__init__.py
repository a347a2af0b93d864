"""How relevant the first events are: hybrid search beside each of its halves alone.

Over four real calendars, for the labelled queries in `queries/`; see `labels` for
the grades, `systems` for what is compared and `scoring` for the figures.
"""

from __future__ import annotations

from benchmarks.relevance.calendars import import_missing
from benchmarks.relevance.database import own_database
from benchmarks.relevance.full_text import build_words
from benchmarks.relevance.happenings import happening_of
from benchmarks.relevance.labels import load_queries
from benchmarks.relevance.report import losers_table, means_table, queries_table
from benchmarks.relevance.scoring import score
from benchmarks.relevance.systems import SYSTEMS


def run(*, verbose: bool = False) -> None:
    """Imports the calendars if they are missing and compares the systems on all queries."""
    queries = load_queries()
    with own_database():
        import_missing()
        build_words()
        measured = {
            name: score(queries, {query.id: system(query) for query in queries}, happening_of)
            for name, system in SYSTEMS.items()
        }
    print(means_table(queries, measured))
    print()
    print(losers_table(queries, measured))
    if verbose:
        print()
        print(queries_table(queries, measured))
