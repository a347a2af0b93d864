"""What is not wanted, as conditions: by the words an event bears, its audience, its likeness.

A sentence embedder does not know "not", so each unwanted thing is looked for by itself and
what it finds is taken away. Words in a title, a name or a tag are enough. A description
mentions much, so there a phrase counts, or a single word when the event resembles it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pgvector import HalfVector

from core.text import fold_name
from rag.embedding import embed_query, get_backend
from rag.search.filters import Condition, Exclusion
from rag.search.words import WORDS_TABLE, Term, read_terms
from rag.understanding.wishes.company import read_audience

# The cosine between a short term and an event at which the event is the thing itself, and at
# which a mention in its description is more than a mention. On the calendars of
# `benchmarks/conversation` "karaoke" and an open mic reach 0.54, "salsa" and a course of
# cooking 0.50; three quarters of the events that bear the term in their title reach 0.35.
ALIKE, ALIKE_AND_MENTIONED = 0.55, 0.3
# Who is meant along with an audience, and who makes an event theirs as well.
_YOUNG = ("kids", "toddlers", "babies")
_GROWN_UP = ("adults", "seniors")


def exclusions_of(terms: Iterable[str], timezone: str) -> tuple[Exclusion, ...]:
    """One exclusion a term, its words read in the language of a zone.

    Raises:
        EmbeddingError: a term could not be embedded.
    """
    return tuple(
        Exclusion(term, _condition(f"none{number}", term, timezone))
        for number, term in enumerate(dict.fromkeys(terms))
        if fold_name(term)
    )


def _condition(name: str, term: str, timezone: str) -> Condition:
    """That a row is not what the term names; ``name`` begins its parameters."""
    words = read_terms(fold_name(term), timezone)
    alike = (
        f"coalesce(r.embedding_model = %({name}model)s AND"
        f" -(r.embedding <#> %({name}vector)s::halfvec) >= {{}}, FALSE)"
    )
    condition = Condition(
        f"NOT {alike.format(ALIKE)}",
        {f"{name}vector": HalfVector(embed_query(term)), f"{name}model": get_backend().name},
    )
    audience = read_audience(term.lower()).value
    if audience:
        condition &= _not_for(name, audience)
    if words:
        told = _holds(name, "told")
        condition &= Condition(f"NOT {told}", {f"{name}told": _joined(words, "&", "AB")})
        mentioned = _holds(name, "mentioned")
        if len(words) == 1:
            mentioned = f"({alike.format(ALIKE_AND_MENTIONED)} AND {mentioned})"
        condition &= Condition(f"NOT {mentioned}", {f"{name}mentioned": _joined(words, "<->")})
    return condition


def _holds(name: str, words: str) -> str:
    """That the words of a row hold a tsquery; read by the index once a statement."""
    return (
        f"(r.event_id IN (SELECT x.event_id FROM {WORDS_TABLE} AS x"
        f" WHERE x.words @@ %({name}{words})s::tsquery))"
    )


def _joined(words: Sequence[Term], by: str, weights: str = "") -> str:
    """A tsquery for all words, each in any of its forms."""
    return f" {by} ".join(f"({word.tsquery(weights)})" for word in words)


def _not_for(name: str, audience: str) -> Condition:
    meant = _YOUNG if audience in _YOUNG else (audience,)
    also = [] if audience in _GROWN_UP else list(_GROWN_UP)
    return Condition(
        f"NOT (r.audience_tags && %({name}for)s::varchar[]"
        f" AND NOT r.audience_tags && %({name}also)s::varchar[])",
        {f"{name}for": list(meant), f"{name}also": also},
    )
