"""A path through a subject: its classes and workshops, from the first steps on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chat_service.tools.base import ToolContext
from chat_service.tools.builtin.wishes import Where, Wishes, Words, constraints_of
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.functions import tool
from core.database import in_database
from rag.service import find_events
from rag.types import EventSummary

Level = Literal["beginner", "intermediate", "advanced"]
LEVELS: tuple[Level, ...] = ("beginner", "intermediate", "advanced")
_WORDS: dict[Level, re.Pattern[str]] = {
    "advanced": re.compile(
        r"\b(?:advanced|experts?|master ?class(?:es)?|level (?:3|4|iii|iv)|experienced)\b",
        re.IGNORECASE,
    ),
    "intermediate": re.compile(
        r"\b(?:intermediate|level (?:2|ii)|improvers?|continu(?:ing|ed)|next steps?"
        r"|part (?:2|ii))\b",
        re.IGNORECASE,
    ),
    "beginner": re.compile(
        r"\b(?:beginners?|beginning|intro(?:duction|ductory)?|basics?|fundamentals?|first steps?"
        r"|getting started|newcomers?|101|level (?:1|i)|no (?:prior |previous )?experience"
        r"|for starters|learn (?:how )?to)\b",
        re.IGNORECASE,
    ),
}
_TAUGHT = re.compile(
    r"\b(?:class(?:es)?|workshops?|courses?|lessons?|seminars?|training|tutorials?|boot ?camps?"
    r"|clinics?|lectures?|master ?class(?:es)?|webinars?|101|learn(?:ing)?|instruct(?:ion|or)s?)\b",
    re.IGNORECASE,
)


class LearningWishes(Where):
    """What to learn, where, and from which level on."""

    query: Annotated[Words, Field(min_length=1, description='The subject: "pottery".')]
    difficulty: Annotated[Level, Field(description="Where to begin.")] = "beginner"
    is_virtual: bool | None = None
    max_price: Annotated[float, Field(ge=0, le=1_000_000)] | None = None


class Step(BaseModel):
    """One class. `level` is null where its announcement names none; it suits all levels then."""

    event: EventBrief
    level: Level | None


class LearningPath(BaseModel):
    """The steps in order: those of a level by date, each level after the one before."""

    subject: str
    difficulty: Level
    steps: Sequence[Step]


@tool(aliases=("learning_node_query",))
async def learning_path(wishes: LearningWishes, context: ToolContext) -> LearningPath:
    """Puts the classes and workshops of a subject in order, from a level of difficulty on: for
    people who want to learn something."""
    return await in_database(_path, wishes, context)


def _path(wishes: LearningWishes, context: ToolContext) -> LearningPath:
    where = wishes.model_dump(exclude={"query", "difficulty"})
    constraints = constraints_of(Wishes(**where, query=f"{wishes.query} class"), context)
    retrieval = find_events(constraints, now=context.now)
    best = retrieval.in_tier("recommended")
    steps = [
        Step(event=EventBrief.of_ranked(one), level=level_of(one.event))
        for one in (*best, *(retrieval.in_tier("additional") if best else ()))
        if is_taught(one.event)
    ]
    return LearningPath(
        subject=wishes.query,
        difficulty=wishes.difficulty,
        steps=order_steps(steps, wishes.difficulty),
    )


def is_taught(event: EventSummary) -> bool:
    """Whether something is taught at an event, by its words."""
    text = f"{event.title}\n{' '.join(event.metadata_tags)}\n{event.description}"
    return _TAUGHT.search(text) is not None


def level_of(event: EventSummary) -> Level | None:
    """The level that an announcement names: in the title before the description."""
    for text in (event.title, event.description):
        named = [level for level, words in _WORDS.items() if words.search(text)]
        if len(named) == 1:
            return named[0]
        if named:  # for several levels
            return None
    return None


def order_steps(steps: Sequence[Step], first: Level) -> list[Step]:
    """From the first level on, by level and date; what names no level comes with the first one.

    A class of a higher level that is over before the first of the level below begins cannot be
    the next step, and is left out.
    """
    path: list[Step] = []
    for level in LEVELS[LEVELS.index(first) :]:
        of_level = [
            step for step in steps if step.level == level or (step.level is None and level == first)
        ]
        of_level.sort(key=lambda step: step.event.start_time)
        earliest = path[0].event.start_time if path else None
        path += [step for step in of_level if earliest is None or step.event.start_time > earliest]
    return path
