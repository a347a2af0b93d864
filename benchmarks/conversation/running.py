"""Asks every case and judges each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from benchmarks.conversation.answers import Answer, Listed
from benchmarks.conversation.cases import Case, Turn
from benchmarks.conversation.judges.folding import fold
from benchmarks.conversation.judges.listing import judge_list
from benchmarks.conversation.judges.ranking import (
    CalendarEvent,
    Point,
    gains,
    is_ranked,
    ndcg,
    passes,
    radius,
    rank_plainly,
)
from benchmarks.conversation.judges.reading import judge_reading
from benchmarks.conversation.judges.verdicts import Aspect, Circumstances, Verdict
from benchmarks.conversation.judges.wording import judge_text
from benchmarks.conversation.service import Client

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain embedding: what makes a query's vector, and those of the events by id."""

    embed: Callable[[str], Vector]
    vectors: Mapping[int, Vector]


@dataclass(frozen=True, slots=True)
class Ndcg:
    """The product beside the plain embedding; the second pair leaves out what nobody judged."""

    product: float
    plain: float | None
    product_judged: float
    plain_judged: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One message with its answer and all verdicts."""

    case: Case
    turn: Turn
    answer: Answer
    verdicts: Sequence[Verdict]
    ndcg: Ndcg | None

    def of(self, *aspects: Aspect) -> list[Verdict]:
        """The verdicts of these aspects."""
        return [each for each in self.verdicts if each.aspect in aspects]

    @property
    def is_follow_up(self) -> bool:
        return self.case.is_conversation and self.turn is not self.case.turns[0]


class Calendar:
    """All events that the service knows, read when first needed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @cached_property
    def events(self) -> list[CalendarEvent]:
        return self._client.events()

    @cached_property
    def _by_id(self) -> dict[int, Listed]:
        return {known.event.id: known.event for known in self.events}

    @cached_property
    def _starts(self) -> dict[str, set[datetime]]:
        starts: dict[str, set[datetime]] = {}
        for known in self.events:
            starts.setdefault(fold(known.event.title), set()).add(known.event.start)
        return starts

    def starts_of(self, title: str) -> frozenset[datetime]:
        return frozenset(self._starts.get(title, ()))

    def event_of(self, number: int) -> Listed | None:
        if number not in self._by_id and (known := self._client.event(number)):
            self._by_id[number] = known.event
        return self._by_id.get(number)


class Court:
    """Asks over one client and judges by one calendar."""

    def __init__(self, client: Client, plain: Plain | None) -> None:
        self._client, self._plain = client, plain
        self._calendar = Calendar(client)

    def judge_all(self, cases: Sequence[Case], workers: int) -> Iterator[Judged]:
        """All messages in order; several cases are asked at once, each in a session of its own."""
        _ = self._calendar.events
        with ThreadPoolExecutor(workers) as pool:
            for case, answers in zip(cases, pool.map(self._ask, cases), strict=True):
                for number, turn in enumerate(case.turns):
                    yield self._judge(case, turn, answers[number], answers[:number])

    def _ask(self, case: Case) -> list[Answer]:
        answers: list[Answer] = []
        session: int | None = None
        for turn in case.turns:
            answer, session = self._client.ask(turn.text, case.context, session)
            answers.append(answer)
        return answers

    def _judge(self, case: Case, turn: Turn, answer: Answer, earlier: Sequence[Answer]) -> Judged:
        around = Circumstances(
            case=case,
            turn=turn,
            zones=self._zones(case, turn),
            starts_of=self._calendar.starts_of,
            event_of=self._calendar.event_of,
            earlier=earlier,
        )
        if answer.error:
            verdicts = [Verdict("text", "an answer", False, turn.text, answer.error)]
            return Judged(case, turn, answer, verdicts, None)
        judged = [
            *judge_reading(around, answer),
            *judge_text(around, answer),
            *judge_list(around, answer),
        ]
        return Judged(case, turn, answer, judged, self._ndcg(around, answer))

    def _zones(self, case: Case, turn: Turn) -> list[ZoneInfo]:
        places = map(self._client.place, _places(turn, case))
        names = [case.context["timezone"], *(place["timezone"] for place in places if place)]
        return [ZoneInfo(name) for name in dict.fromkeys(names)]

    def _ndcg(self, around: Circumstances, answer: Answer) -> Ndcg | None:
        expect = around.turn.expect
        if around.case.is_conversation or not is_ranked(expect):
            return None
        grades = gains(expect)
        shown = [event.title for event in answer.shown]
        plain = None if self._plain is None else self._ranked_plainly(around, self._plain)
        return Ndcg(
            product=ndcg(shown, grades),
            plain=None if plain is None else ndcg(plain, grades),
            product_judged=ndcg(shown, grades, leave_out=True),
            plain_judged=None if plain is None else ndcg(plain, grades, leave_out=True),
        )

    def _ranked_plainly(self, around: Circumstances, plain: Plain) -> list[str]:
        centre: Point | None = None
        for name in _places(around.turn, around.case):
            if centre is None and (place := self._client.place(name)):
                centre = (place["lat"], place["lng"])
        miles = radius(around.turn.expect)
        events = [each for each in self._calendar.events if passes(each, around, centre, miles)]
        return rank_plainly(plain.embed(around.turn.text), plain.vectors, events)


def _places(turn: Turn, case: Case) -> list[str]:
    """The names of the expected place, else that of the context."""
    constraints = turn.expect.get("constraints", {})
    expected = constraints.get("place", case.context.get("location"))
    return [expected] if isinstance(expected, str) else expected or []
