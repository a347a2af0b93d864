"""Says which candidates are what the words ask for: whether any is, and which are counted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.text import fold_name
from rag.ranking.scoring import Fit, names_only_an_audience, topic_fit, topics_of
from rag.types import Candidate, Constraints

# How much the share of the words that an event bears counts beside its similarity.
_WORDS_COUNT = 0.5
# The least sum of both, by how many telling words were asked for: one word is all there or
# not at all, a phrase can be met by half ("nutcracker ballet" by a ballet class), and of a
# long sentence no event bears much. Measured on the questions of `benchmarks/conversation`
# that the calendars can answer and on those that they cannot (class "none" of the part that
# is for tuning).
_ONE_WORD, _PHRASE, _SENTENCE = 0.62, 0.7, 0.36
# The same for words that all stand in many events: what nobody offers has a word of its own
# ("scuba diving course"), and "comedy shows" are there though none is called so.
_COMMON = 0.5
_LONGEST_PHRASE = 4
# With the topic among its tags an event need not bear the word: a concert is seldom called one.
# Words that say as much as their tag need little more than it. Any other says more: "jazz" and
# "opera" reach 0.36 with a choir and a group of guitars, which are tagged "music" as well.
_TAGGED, _TAGGED_ONLY = 0.3, 0.42
_AS_MUCH_AS_A_TAG = frozenset(
    {
        *("concert", "concerts", "gig", "gigs", "band", "bands", "songs"),
        *("play", "plays", "theater", "theatre", "drama", "film", "films", "movie", "movies"),
        *("comedian", "comedians", "standup", "gallery", "galleries", "exhibition", "exhibitions"),
        *("game", "games", "sport", "sports", "dancing", "books", "reading", "fitness", "exercise"),
    }
)
# The least share of the words, each by how much it tells, that an event must hold to be counted,
# compared with the event that holds most: a chess club need not "meet", yet another club is none.
_HELD = 0.55


@dataclass(frozen=True, slots=True)
class Asked:
    """How much the words of a query tell.

    `weights` says it of each telling word, with 0 for one that events need not hold to be
    counted; `is_common` says that each of them stands in many events.
    """

    weights: tuple[float, ...] = ()
    is_common: bool = False

    @property
    def telling_words(self) -> int:
        """How many words tell something."""
        return len(self.weights)

    @property
    def bound(self) -> float:
        """The least strength of what fits."""
        bound = _bound(self.telling_words)
        return min(bound, _COMMON) if self.is_common else bound


NO_WORDS = Asked()


def fits_at_all(candidates: Iterable[Candidate], constraints: Constraints, asked: Asked) -> bool:
    """Whether one of the candidates is what the words ask for."""
    return next(those_that_fit(candidates, constraints, asked), None) is not None


def those_that_fit(
    candidates: Iterable[Candidate], constraints: Constraints, asked: Asked
) -> Iterator[Candidate]:
    """Those of the candidates that are what the words ask for.

    Without a telling word, and for what resembles another event, whatever passes the filter
    fits.
    """
    if _is_anything(constraints, asked):
        yield from candidates
        return
    topics = _topics_alone(constraints, asked)
    for one in candidates:
        if (
            one.named > 0
            or strength(one) >= asked.bound
            or _is_about(one, topics, constraints.query)
        ):
            yield one


def holding(
    candidates: Iterable[Candidate],
    constraints: Constraints,
    asked: Asked,
    held: Mapping[int, Collection[int]],
) -> list[Candidate]:
    """Those that fit and hold what the words name; what merely resembles it is not counted.

    `held` is event id → the places of the words that the event holds anywhere. The word that
    tells most must be among them, as far as any of the events holds it.
    """
    fit = list(those_that_fit(candidates, constraints, asked))
    if _is_anything(constraints, asked):
        return fit
    topics = _topics_alone(constraints, asked)
    known = {place for one in fit for place in held.get(one.event_id, ())}
    most = max((asked.weights[place] for place in known), default=0.0)
    telling = {place for place in known if asked.weights[place] == most}
    weight = {
        one.event_id: sum(asked.weights[place] for place in held.get(one.event_id, ()))
        for one in fit
    }
    least = _HELD * max(weight.values(), default=0.0)
    return [
        one
        for one in fit
        if (weight[one.event_id] >= least and not telling.isdisjoint(held.get(one.event_id, ())))
        or _is_about(one, topics, constraints.query)
    ]


def _is_anything(constraints: Constraints, asked: Asked) -> bool:
    return (
        not asked.telling_words
        or constraints.more_like is not None
        or names_only_an_audience(constraints)
    )


def _topics_alone(constraints: Constraints, asked: Asked) -> frozenset[str]:
    """The topics that the one word names, if it is one."""
    return topics_of(constraints.query) if asked.telling_words == 1 else frozenset()


def _is_about(candidate: Candidate, topics: frozenset[str], query: str) -> bool:
    """Whether an event bears the topic: "concert" needs no such word."""
    says_no_more = not _AS_MUCH_AS_A_TAG.isdisjoint(fold_name(query).split())
    is_tagged = topic_fit(topics, candidate.metadata_tags) is Fit.SUITS
    return is_tagged and candidate.similarity >= (_TAGGED if says_no_more else _TAGGED_ONLY)


def strength(candidate: Candidate) -> float:
    """How strongly an event answers the words: by its meaning and by bearing them."""
    return candidate.similarity + _WORDS_COUNT * candidate.coverage


def _bound(telling_words: int) -> float:
    if telling_words == 1:
        return _ONE_WORD
    return _PHRASE if telling_words <= _LONGEST_PHRASE else _SENTENCE
