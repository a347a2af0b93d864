"""Writes the full-text side of events: lexemes with weights, in the language of their zone.

Texts are folded first (`fold_name`), so that accents and apostrophes make no
difference; queries must be folded the same way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from core.text import fold_name
from events.models import Event
from events.places.zones import language_of_zone

# A description's beginning tells what it is about; its end is often small print.
DESCRIPTION_LIMIT = 2000

# Unstemmed words of titles and names are kept too: "The Who" is nothing but
# stop words, and a name is no word of a language.
_WRITE = """
    INSERT INTO events_eventwords (event_id, words)
    SELECT e.id,
        setweight(to_tsvector('simple', e.title), 'A')
        || setweight(to_tsvector('simple', e.names), 'B')
        || setweight(to_tsvector('english', e.title), 'A')
        || setweight(to_tsvector('english', e.names), 'B')
        || setweight(to_tsvector('english', e.description), 'D')
        || CASE WHEN e.language = 'english' THEN ''::tsvector ELSE
            setweight(to_tsvector(e.language::regconfig, e.title), 'A')
            || setweight(to_tsvector(e.language::regconfig, e.description), 'D') END
    FROM json_to_recordset(%s::json)
        AS e(id bigint, title text, names text, description text, language text)
    ON CONFLICT (event_id) DO UPDATE SET words = excluded.words
    WHERE events_eventwords.words IS DISTINCT FROM excluded.words
"""


def write_words(events: Sequence[Event]) -> None:
    """Writes the words of stored events (venue loaded); call it inside their transaction."""
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [json.dumps([_texts(event) for event in events])])


def _texts(event: Event) -> dict[str, object]:
    return {
        "id": event.pk,
        "title": fold_name(event.title),
        "names": _names(event),
        "description": fold_name(event.description[:DESCRIPTION_LIMIT]),
        "language": language_of_zone(event.timezone),
    }


def _names(event: Event) -> str:
    venue = event.venue.name if event.venue else event.location
    tags = [tag.replace("-", " ") for tag in (*event.metadata_tags, *event.audience_tags)]
    parts = (fold_name(part) for part in [venue, event.room_name, event.organizer, *tags])
    return " ".join(part for part in parts if part)
