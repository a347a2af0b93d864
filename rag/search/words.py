"""The words of a query as full-text search knows them, and how much of them an event holds."""

from __future__ import annotations

import math
import threading
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from core.prepared import fetch
from core.text import fold_name
from events.places.zones import language_of_zone
from rag.search.areas import Condition

WORDS_TABLE = "events_eventwords"
MOST_WORDS = 12
# Words that more events hold than this are not looked up: the vector search finds those
# events too, and reading all of them takes long.
MOST_HITS = 1000
_SECONDS_KEPT = 300.0
# A query with a word as rare as this may be a name typed without capitals.
_RARE_SHARE = 0.002

# The forms of a word: unstemmed, stemmed as English, stemmed as the zone's language.
_FORMS = """
    SELECT told.word, array_agg(DISTINCT l.lexeme), bool_or(l.is_stem)
    FROM unnest(%(words)s::text[]) AS told(word) CROSS JOIN LATERAL (
        SELECT lexeme, false AS is_stem FROM unnest(to_tsvector('simple', told.word))
        UNION ALL SELECT lexeme, true FROM unnest(to_tsvector('english', told.word))
        UNION ALL SELECT lexeme, true
        FROM unnest(to_tsvector(%(language)s::regconfig, told.word))
    ) AS l
    GROUP BY told.word
"""
_FREQUENCIES = """
    SELECT greatest(c.reltuples, 0)::bigint, s.most_common_elems::text::text[],
        s.most_common_elem_freqs
    FROM pg_class AS c LEFT JOIN pg_stats AS s
        ON s.schemaname = c.relnamespace::regnamespace::text AND s.tablename = c.relname
        AND s.attname = 'words' AND NOT s.inherited
    WHERE c.oid = 'events_eventwords'::regclass
"""


_ABBREVIATIONS: Mapping[str, str] = tomllib.loads(
    Path(__file__).with_name("abbreviations.toml").read_text(encoding="utf-8")
)


def written_out(query: str) -> str:
    """A query with its abbreviations written out; any other as it is.

    >>> written_out("D&D for beginners"), written_out("d and d")
    ('dungeons and dragons for beginners', 'd and d')
    """
    words = fold_name(query).split()
    said: list[str] = []
    place = 0
    while place < len(words):
        pair = " ".join(words[place : place + 2])
        known = _ABBREVIATIONS.get(pair)
        length = 2 if known else 1
        said.append(known or _ABBREVIATIONS.get(words[place]) or words[place])
        place += length
    written = " ".join(said)
    return query if written == " ".join(words) else written


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query. `share` is the part of all events that hold it, `weight`
    how much it tells (its inverse document frequency); stop words weigh nothing."""

    forms: tuple[str, ...]
    share: float
    weight: float

    def tsquery(self, weights: str = "") -> str:
        """Any of the forms, of these weights only ("AB"; default any), to be cast."""
        return " | ".join(_quoted(form) + (f":{weights}" if weights else "") for form in self.forms)


@dataclass(frozen=True, slots=True)
class FullTextQuery:
    """What full text is asked for.

    `words` are the telling ones. `rare` is a tsquery of those that few events
    hold, empty when there is none. `phrases` are the names, folded, each of which
    counts as found when its words stand together in a title or a name.
    """

    words: tuple[Term, ...]
    rare: str
    phrases: tuple[str, ...]

    @property
    def is_common(self) -> bool:
        """Whether each of the words stands in many events."""
        return all(word.share > 0 for word in self.words)

    @property
    def can_look_up(self) -> bool:
        """Whether there is anything by which events are found, and not only compared."""
        return bool(self.rare or self.phrases)


def read_words(query: str, names: Sequence[str], timezone: str) -> FullTextQuery | None:
    """The full-text side of a query in the language of a zone; None without a telling word."""
    folded = tuple(dict.fromkeys(fold_name(query).split()))[:MOST_WORDS]
    if not folded:
        return None
    statistics = _statistics()
    words = [
        Term(forms, share, statistics.weight(share) if is_telling else 0.0)
        for forms, is_telling in _forms(folded, language_of_zone(timezone))
        if forms
        for share in (statistics.share(forms),)
    ]
    telling = tuple(word for word in words if word.weight > 0) or tuple(
        Term(word.forms, word.share, 1.0) for word in words
    )
    may_be_name = len(folded) > 1 and min(word.share for word in telling) < _RARE_SHARE
    folded_names = [fold_name(name) for name in (*names, *([query] if may_be_name else []))]
    phrases = tuple(dict.fromkeys(name for name in folded_names if name))
    return FullTextQuery(telling, _rare(telling, statistics.events), phrases)


def read_terms(folded: str, timezone: str) -> list[Term]:
    """The telling words of a folded phrase in their order, in the language of a zone."""
    words = folded.split()[:MOST_WORDS]
    statistics = _statistics()
    return [
        Term(forms, share, statistics.weight(share))
        for forms, is_telling in _forms(words, language_of_zone(timezone))
        if forms and is_telling
        for share in (statistics.share(forms),)
    ]


def _rare(words: Iterable[Term], events: int) -> str:
    """The rarest words, as long as they bring no more than `MOST_HITS` events."""
    chosen: list[str] = []
    hits = 0.0
    for word in sorted(words, key=lambda word: word.share):
        hits += word.share * events
        if hits > MOST_HITS:
            break
        chosen.append(word.tsquery())
    return " | ".join(chosen)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


Forms = tuple[tuple[str, ...], bool]
_MOST_KEPT_FORMS = 10_000
_kept_forms: dict[tuple[str, str], Forms] = {}


def _forms(words: Sequence[str], language: str) -> list[Forms]:
    """What each word is stored as, if anything, and whether it tells more than a stop word.

    What is not known from earlier queries is asked in one statement.
    """
    known = {word: _kept_forms.get((word, language)) for word in words}
    new = [word for word, forms in known.items() if forms is None]
    if new:
        rows = fetch(_FORMS, {"words": new, "language": language})
        found = {word: (tuple(forms), bool(is_telling)) for word, forms, is_telling in rows}
        if len(_kept_forms) + len(new) > _MOST_KEPT_FORMS:
            _kept_forms.clear()
        for word in new:
            known[word] = _kept_forms[word, language] = found.get(word, ((), False))
    return [forms for forms in known.values() if forms is not None]


@dataclass(frozen=True, slots=True)
class _Statistics:
    """How common lexemes are, as Postgres counted at its last ANALYZE."""

    events: int
    shares: Mapping[str, float]

    def share(self, forms: Iterable[str]) -> float:
        """The part of all events that hold one of the forms; a rare one is held by few."""
        return max((self.shares.get(form, 0.0) for form in forms), default=0.0)

    def weight(self, share: float) -> float:
        return math.log(1 + 1 / (share + 1e-3))


_lock = threading.Lock()
_kept: dict[str, tuple[float, _Statistics]] = {}


def _statistics() -> _Statistics:
    database = connection.settings_dict["NAME"]
    with _lock:
        read_at, statistics = _kept.get(database, (-math.inf, _Statistics(0, {})))
        if time.monotonic() - read_at < _SECONDS_KEPT:
            return statistics
        with connection.cursor() as cursor:
            cursor.execute(_FREQUENCIES)
            events, lexemes, shares = cursor.fetchone() or (0, None, None)
        # pg_stats appends the smallest and largest share, which have no lexeme.
        statistics = _Statistics(events, dict(zip(lexemes or (), shares or (), strict=False)))
        _kept[database] = (time.monotonic(), statistics)
        return statistics


# The worth of a word in a title, in a name or tag, and in a description.
_IN_TITLE, _IN_NAMES, _IN_DESCRIPTION = 1.0, 0.8, 0.4
_NAMED_IN_DESCRIPTION = 0.5


def asked_words(query: FullTextQuery | None) -> Condition:
    """The tsqueries of names and look-up, to be computed once a statement; one row.

    Computed in the conditions themselves, they would be made anew for every row.
    """
    if query is None:
        return Condition("SELECT NULL::tsquery AS looked_up")
    parameters: dict[str, Any] = {"rare": query.rare}
    if not query.phrases:
        return Condition("SELECT %(rare)s::tsquery AS looked_up", parameters)
    parameters["in_names"] = " | ".join(f"({_side_by_side(each)})" for each in query.phrases)
    parameters["phrases"] = list(query.phrases)
    in_texts = (
        "SELECT string_agg('(' || phrase::text || ')', ' | ')::tsquery"
        " FROM unnest(%(phrases)s::text[]) AS told(words),"
        " phraseto_tsquery('english', told.words) AS phrase WHERE numnode(phrase) > 0"
    )
    looked_up = "%(rare)s::tsquery || anywhere" if query.rare else "anywhere"
    if not query.rare:
        del parameters["rare"]
    return Condition(
        f"SELECT in_names, anywhere, {looked_up} AS looked_up FROM (SELECT"
        " %(in_names)s::tsquery AS in_names,"
        f" %(in_names)s::tsquery || coalesce(({in_texts}), ''::tsquery) AS anywhere) AS names",
        parameters,
    )


def coverage_of(query: FullTextQuery | None) -> Condition:
    """Two columns, 0 to 1: how much of the telling words is held, and whether a name is.

    A word counts as much as it tells, and by where it stands. The words of a row are
    `w.words`; names are compared with `asked`, which holds `asked_words`.
    """
    if query is None or not query.words:
        return Condition("0::float8 AS coverage, 0::float8 AS named")
    parameters: dict[str, Any] = {}
    total = sum(word.weight for word in query.words)
    terms = []
    for number, word in enumerate(query.words):
        for weights in ("A", "B", ""):
            parameters[f"w{number}{weights}"] = word.tsquery(weights)
        parameters[f"w{number}share"] = word.weight / total
        # Tested first, since most events do not hold the word at all.
        terms.append(
            f"%(w{number}share)s::float8 * CASE"
            f" WHEN NOT w.words @@ %(w{number})s::tsquery THEN 0::float8"
            f" WHEN w.words @@ %(w{number}A)s::tsquery THEN {_IN_TITLE}::float8"
            f" WHEN w.words @@ %(w{number}B)s::tsquery THEN {_IN_NAMES}::float8"
            f" ELSE {_IN_DESCRIPTION}::float8 END"
        )
    parameters["anyword"] = " | ".join(word.tsquery() for word in query.words)
    named = "0::float8"
    if query.phrases:
        named = (
            "CASE WHEN w.words @@ (SELECT in_names FROM asked) THEN 1::float8"
            f" WHEN w.words @@ (SELECT anywhere FROM asked) THEN {_NAMED_IN_DESCRIPTION}::float8"
            " ELSE 0::float8 END"
        )
    return Condition(
        f"CASE WHEN w.words @@ %(anyword)s::tsquery THEN {' + '.join(terms)} ELSE 0 END::float8"
        f" AS coverage, {named} AS named",
        parameters,
    )


def _side_by_side(phrase: str) -> str:
    """A tsquery for the words of a phrase, unstemmed, side by side in a title or a name."""
    return " <-> ".join(f"{_quoted(word)}:AB" for word in phrase.split())
