"""The best places for the letters typed so far: one query, whatever the letters.

A rare beginning is read whole and sorted. A common one ("s" begins 65,587 names)
is never sorted: the largest places of its first two letters are walked in order until
enough of them fit, own names and alternate ones apart. Which of the two it is
comes from a bounded count in the same statement, not from the planner.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from core.prepared import fetch
from events.models import Place
from events.models.place import PLACE_FIELDS
from events.places.gazetteer import MOST_PLACES_A_NAME, find_postal_code
from events.places.typed_letters import WantedPlace, postal_code_in, read_letters

# Up to this many names are sorted; with more, one of them is found soon on the walk.
FEW = 1500
# There is an index of the largest places for each first letter and first two letters.
WALKED_LETTERS = 2
# A place with just this name, or with it as its own name, counts as if it were
# this many times as large.
_WHOLE, _OWN = 10, 30

_COLUMNS = ", ".join(PLACE_FIELDS)
_SUGGEST = """
    WITH few AS MATERIALIZED (
        SELECT place_id, population, is_primary, key = %(prefix)s AS is_whole
        FROM {names} LIMIT {few} + 1
    ),
    amount AS MATERIALIZED (SELECT count(*) > {few} AS is_large FROM few),
    own AS MATERIALIZED ({own_names}),
    -- No smaller place can enter by an alternate name.
    bar AS MATERIALIZED (
        SELECT CASE WHEN count(*) = %(limit)s THEN {own} * min(population) ELSE -1 END AS population
        FROM own
    ),
    named AS (
        SELECT * FROM few WHERE NOT (SELECT is_large FROM amount)
        UNION ALL
        (SELECT place_id, population, is_primary, true FROM events_placename
        WHERE (SELECT is_large FROM amount) AND key = %(prefix)s {in_areas}
        LIMIT {most_places_a_name})
        UNION ALL
        (SELECT place_id, population, is_primary, key = %(twin)s FROM {twins}
        LIMIT CASE WHEN %(twin)s = '' THEN 0 ELSE {few} END)
        UNION ALL
        SELECT * FROM own
        UNION ALL
        ({alternate_names})
        UNION ALL
        SELECT n.place_id, n.population, n.is_primary, true
        FROM unnest(%(whole_names)s::text[], %(whole_areas)s::text[]) AS whole(key, area)
        JOIN events_placename AS n ON n.key = whole.key AND n.area = whole.area
    ),
    best AS (
        SELECT place_id, max(
            (population + 1)
            * CASE WHEN is_whole THEN {whole} ELSE 1 END
            * CASE WHEN is_primary THEN {own} ELSE 1 END
        ) AS weight
        FROM named GROUP BY place_id ORDER BY weight DESC, place_id LIMIT %(limit)s
    )
    SELECT {columns}
    FROM best JOIN events_place ON id = place_id ORDER BY weight DESC, id
"""
# Several names of one place stand together in this order, so that making them
# one needs no sorting either. The planner guesses that a bare equation holds for one row
# in 200 and then thinks the walk too long; inside `coalesce` it guesses every second row.
_WALK = """
    SELECT DISTINCT ON (population, place_id) place_id, population, is_primary, false
    FROM events_placename
    WHERE (SELECT is_large FROM amount) AND left(key, {letters}) = left(%(prefix)s, {letters})
        AND {which} AND coalesce(left(key, %(length)s) = %(prefix)s, false) {among_areas}
    ORDER BY population DESC, place_id LIMIT %(limit)s
"""
# What begins with the prefix, written as a range: a plan that is made without the
# values cannot use the beginning of a pattern.
_NAMES = "events_placename WHERE key ~>=~ %(prefix)s AND key ~<~ %(beyond)s"
# One area after another, so that each is read from the index on areas.
_NAMES_IN_AREAS = f"""
    unnest(%(areas)s::varchar[]) AS wanted(area) CROSS JOIN LATERAL (
        SELECT * FROM events_placename AS n
        WHERE n.area = wanted.area AND n.key ~>=~ %(prefix)s AND n.key ~<~ %(beyond)s
        LIMIT {FEW} + 1
    ) AS names
"""  # noqa: S608 - constants only
_TWINS = "events_placename WHERE key ~>=~ %(twin)s AND key ~<~ %(beyond_twin)s"
_IN_AREAS = "AND area = ANY(%(areas)s)"
# The same, said so that no index on areas serves it: the walk must stay a walk.
_AMONG_AREAS = "AND array_position(%(areas)s::varchar[], area) IS NOT NULL"
# Degrees each way; a degree of longitude is shrunk by the cosine of the latitude.
_ZIP_CODE_REACH = 0.5
_NEAREST = f"""
    SELECT {_COLUMNS}
    FROM events_place
    WHERE latitude BETWEEN %(lat)s - %(reach)s AND %(lat)s + %(reach)s
        AND longitude BETWEEN %(lng)s - %(reach)s AND %(lng)s + %(reach)s
    ORDER BY (latitude - %(lat)s) ^ 2 + ((longitude - %(lng)s) * cosd(%(lat)s)) ^ 2, id LIMIT 1
"""  # noqa: S608 - constants only


def suggest_places(text: str, *, limit: int, country_code: str | None = None) -> list[Place]:
    """The places that `text` may be the beginning of, the best first, each once.

    A place weighs as much as its population; ten times that when the name is
    whole, thirty times when it is its own and not an alternate one. A ZIP
    code gives the nearest place. `alternate_names` are not loaded.
    """
    if code := postal_code_in(text):
        return _nearest_place(code, country_code)
    wanted = read_letters(text, country_code)
    return _find(wanted, limit) if wanted else []


def suggestion_query(wanted: WantedPlace, limit: int) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters."""
    parameters: dict[str, Any] = {
        "prefix": wanted.prefix,
        "beyond": wanted.prefix + chr(sys.maxunicode),
        "twin": wanted.twin,
        "beyond_twin": wanted.twin + chr(sys.maxunicode) if wanted.twin else "",
        "length": len(wanted.prefix),
        "areas": list(wanted.areas or ()),
        "whole_names": [name for name, _ in wanted.whole],
        "whole_areas": [area for _, area in wanted.whole],
    }
    letters = min(len(wanted.prefix), WALKED_LETTERS)
    statement = _STATEMENTS[letters, wanted.areas is not None]
    # Written into the statement, so that the planner knows how few rows are wanted.
    return statement.replace("%(limit)s", f"{limit:d}"), parameters


def _statement(letters: int, *, in_areas: bool) -> str:
    walk = {"letters": letters, "among_areas": _AMONG_AREAS if in_areas else ""}
    return _SUGGEST.format(
        columns=_COLUMNS,
        few=FEW,
        names=_NAMES_IN_AREAS if in_areas else _NAMES,
        twins=f"{_TWINS} {_IN_AREAS}" if in_areas else _TWINS,
        whole=_WHOLE,
        own=_OWN,
        most_places_a_name=MOST_PLACES_A_NAME,
        in_areas=_IN_AREAS if in_areas else "",
        own_names=_WALK.format(which="is_primary", **walk),
        alternate_names=_WALK.format(
            which="NOT is_primary AND population > (SELECT population FROM bar)", **walk
        ),
    )


_STATEMENTS = {
    (letters, in_areas): _statement(letters, in_areas=in_areas)
    for letters in range(1, WALKED_LETTERS + 1)
    for in_areas in (False, True)
}


def _find(wanted: WantedPlace, limit: int) -> list[Place]:
    return _places(*suggestion_query(wanted, limit))


def _nearest_place(code: str, country_code: str | None) -> list[Place]:
    known = find_postal_code(code)
    if known is None or (country_code and country_code.upper() != known.country_code):
        return []
    point = {"lat": known.latitude, "lng": known.longitude, "reach": _ZIP_CODE_REACH}
    return _places(_NEAREST, point)


def _places(sql: str, parameters: Mapping[str, Any]) -> list[Place]:
    return [Place.from_db(None, PLACE_FIELDS, row) for row in fetch(sql, parameters)]
