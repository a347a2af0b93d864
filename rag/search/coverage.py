"""How much of a query's words an event holds, as SQL over its words `w`."""

from __future__ import annotations

from typing import Any

from rag.search.filters import Condition
from rag.search.words import WordsQuery, phrase_of_names

# What a word is worth in a title, in a name or tag, and in a description.
_IN_TITLE, _IN_NAMES, _IN_DESCRIPTION = 1.0, 0.8, 0.4
_NAMED_IN_DESCRIPTION = 0.5


def coverage_of(query: WordsQuery | None) -> Condition:
    """Two columns, 0 to 1: how much of the telling words is held, and whether a name is.

    A word counts as much as it tells, and by where it stands.
    """
    if query is None or not query.words:
        return Condition("0::float8, 0::float8")
    parameters: dict[str, Any] = {}
    total = sum(word.weight for word in query.words)
    terms = []
    for number, word in enumerate(query.words):
        for weights in ("A", "B", ""):
            parameters[f"w{number}{weights}"] = word.tsquery(weights)
        parameters[f"w{number}share"] = word.weight / total
        # Most words are not held: to know that takes one look.
        terms.append(
            f"%(w{number}share)s::float8 * CASE"
            f" WHEN NOT w.words @@ %(w{number})s::tsquery THEN 0"
            f" WHEN w.words @@ %(w{number}A)s::tsquery THEN {_IN_TITLE}"
            f" WHEN w.words @@ %(w{number}B)s::tsquery THEN {_IN_NAMES} ELSE {_IN_DESCRIPTION} END"
        )
    parameters["anyword"] = " | ".join(word.tsquery() for word in query.words)
    named = _named(query)
    return Condition(
        f"CASE WHEN w.words @@ %(anyword)s::tsquery THEN {' + '.join(terms)} ELSE 0 END::float8,"
        f" {named.sql}",
        {**parameters, **named.parameters},
    )


def any_phrase(query: WordsQuery) -> Condition:
    """A tsquery for what holds one of the query's names anywhere."""
    parameters = _phrase_parameters(query)
    return Condition(" || ".join(_phrase_sql(n) for n in range(len(query.phrases))), parameters)


def _named(query: WordsQuery) -> Condition:
    if not query.phrases:
        return Condition("0::float8")
    numbers = range(len(query.phrases))
    in_names = " OR ".join(f"w.words @@ %(name{number})s::tsquery" for number in numbers)
    anywhere = " OR ".join(f"w.words @@ ({_phrase_sql(number)})" for number in numbers)
    return Condition(
        f"(CASE WHEN {in_names} THEN 1 WHEN {anywhere} THEN {_NAMED_IN_DESCRIPTION} ELSE 0"
        " END)::float8",
        _phrase_parameters(query),
    )


def _phrase_sql(number: int) -> str:
    return f"%(name{number})s::tsquery || phraseto_tsquery('english', %(phrase{number})s)"


def _phrase_parameters(query: WordsQuery) -> dict[str, Any]:
    parameters = {}
    for number, phrase in enumerate(query.phrases):
        parameters[f"name{number}"] = phrase_of_names(phrase)
        parameters[f"phrase{number}"] = phrase
    return parameters
