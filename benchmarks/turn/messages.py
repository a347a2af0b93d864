"""The messages that both builds are asked: for the cost of a turn, and for its content.

The towns and wishes are those of the four calendars. Both lists are the same in every run.
"""

from __future__ import annotations

from random import Random

# The moment that all words such as "tomorrow" refer to; within the calendars.
NOW = "2026-12-01T15:00:00+00:00"

_TOWNS = (
    *("Santa Rosa, CA", "Petaluma, CA", "Sebastopol, CA", "Healdsburg, CA", "Sonoma, CA"),
    *("Asheville, NC", "Black Mountain, NC", "Weaverville, NC", "Hendersonville, NC"),
    *("Montclair, NJ", "Bloomfield, NJ", "West Orange, NJ", "Nutley, NJ", "Davis, CA"),
)
_WISHES = (
    *("live jazz", "storytime for toddlers", "free concerts", "yoga classes", "art exhibits"),
    *("a farmers market", "open mic nights", "book clubs", "things to do with kids", "trivia"),
    *("craft workshops", "film screenings", "hikes", "wine tasting", "board games", "theater"),
    *("lectures about history", "holiday markets", "dance classes", "chess for teens"),
    *("bluegrass", "poetry readings", "volunteering", "concerts under $40"),
)
_TIMES = (
    *("this weekend", "tomorrow", "next week", "tonight", "in the next two weeks", ""),
    *("on Saturday", "in December", "next weekend", "on weekday evenings"),
)


def cost_messages(count: int, series: str) -> list[str]:
    """So many messages, each with a word that no other message or series has.

    The word keeps a turn from finding its vector among those of earlier ones.
    """
    random = Random(f"turns {series}")
    messages = []
    for number in range(count):
        wish = _WISHES[number % len(_WISHES)]
        town = random.choice(_TOWNS)
        words = f"{wish} near {town} {random.choice(_TIMES)}".strip()
        messages.append(f"{words} {_new_word(random)}")
    return messages


def _new_word(random: Random) -> str:
    return "".join(random.choices("bcdfghjklmnpqrstvwxz", k=9))


# Fifty messages, each line one conversation.
CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    ("live jazz near Santa Rosa, CA this weekend", "what about Sunday?", "more like the first one"),
    ("storytime for toddlers in Montclair, NJ", "tomorrow morning", "compare the first two"),
    ("free live music in Asheville, NC tomorrow night", "cheaper ones", "anything else?"),
    ("hello", "what can you do?", "thanks, goodbye"),
    ("things to do with kids near Davis, CA on Saturday", "tell me more about the second one"),
    ("plan my Saturday in Asheville, NC", "and in the evening?"),
    ("how many concerts are there in Petaluma, CA in December?", "and next week?"),
    ("make me a calendar of yoga classes in Santa Rosa, CA next week",),
    ("art exhibitions in Berlin under $15 on December 5", "anywhere"),
    ("why did you suggest the first one?",),
    ("open mic nights in Asheville, NC", "why the first one?", "later"),
    ("write me a poem about the sea",),
    ("online workshops about gardening in the next two weeks", "in person ones"),
    ("jazz or blues in Asheville, NC, not at a bar", "only free ones"),
    ("events in Fargo, ND tonight", "in Davis, CA then"),
    ("a farmers market near Sebastopol, CA on a weekday evening", "the cheapest one"),
    ("something within 5 miles of 95616 on Wednesday", "within 20 miles"),
    ("books for my 8 year old near Bloomfield, NJ", "and for teens?"),
    ("Konzerte in Asheville am Wochenende",),
    ("actividades para niños en Santa Rosa, CA este fin de semana",),
    ("the first Friday of the month in Santa Rosa, CA", "around 6 or 7"),
    ("bluegrass on New Year's Eve in Asheville, NC", "and on January 1st?"),
    ("concerts after 6pm Dec 5–7 near Montclair, NJ under $40", "any day"),
    ("is anything virtual tonight?",),
    ("mahjong", "in Montclair, NJ"),
    ("accessible hikes for seniors near Black Mountain, NC",),
)
