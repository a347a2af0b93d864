"""Decides whether anything fits what was asked for, not only what fits best. Pure.

Some event is always the nearest. What was asked for is there when an event resembles the
words and bears them; without it, what comes closest is shown apart and called so.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.ranking.fit import Fit, topic_fit, topics_of
from rag.types import Candidate, Constraints

# How much the share of the words that an event bears counts beside its similarity.
_WORDS = 0.5
# The least sum of both, by how many telling words were asked for: one word is all there or
# not at all, a phrase can be met by half ("nutcracker ballet" by a ballet class), and of a
# long sentence no event bears much. Measured on the questions of `benchmarks/conversation`
# that the calendars can answer and on those that they cannot (class "none" of the part that
# is for tuning).
_ONE_WORD, _PHRASE, _SENTENCE = 0.62, 0.7, 0.36
_LONGEST_PHRASE = 4
# With the topic among its tags an event need not bear the word.
_TAGGED = 0.3


def fits_at_all(
    candidates: Iterable[Candidate], constraints: Constraints, telling_words: int
) -> bool:
    """Whether one of the candidates is what the words ask for.

    `telling_words` is how many words of the query tell something; without any, and for
    what resembles another event, whatever passes the filter fits.
    """
    is_about_someone = bool(constraints.audience) and len(constraints.query.split()) <= 1
    if not telling_words or constraints.more_like is not None or is_about_someone:
        return True
    bound = _bound(telling_words)
    topics = topics_of(constraints.query) if telling_words == 1 else frozenset()
    return any(
        one.named > 0 or strength(one) >= bound or _is_about(one, topics) for one in candidates
    )


def _is_about(candidate: Candidate, topics: frozenset[str]) -> bool:
    """Whether an event bears the topic that the one word names: "concert" needs no such word."""
    is_tagged = topic_fit(topics, candidate.metadata_tags) is Fit.SUITS
    return is_tagged and candidate.similarity >= _TAGGED


def strength(candidate: Candidate) -> float:
    """How strongly an event answers the words: by its meaning and by bearing them."""
    return candidate.similarity + _WORDS * candidate.coverage


def _bound(telling_words: int) -> float:
    if telling_words == 1:
        return _ONE_WORD
    return _PHRASE if telling_words <= _LONGEST_PHRASE else _SENTENCE
