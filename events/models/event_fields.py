"""Lists the fields of an event that feeds and clients fill, once for all that copy them.

An import writes them, a merge takes some of them over from copies, the API accepts them.
Each name is a column of `Event`, a field of `EventDraft` and, but for what is only read
from texts, a field of the API's bodies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# Of the words of a feed that are kept, by field, as evidence of a value.
EVIDENCE_LIMIT = 200


class Merge(Enum):
    """What a merge does with a field of the shown event."""

    OWN = "it stays the event's own"
    BLANK = "a blank is filled from a copy, together with its group"
    UNION = "the tags of the copies are added"
    RULE = "`events.merging.survivor` has a rule for it"


@dataclass(frozen=True, slots=True)
class EventField:
    """A field; `group` names those that a merge fills together, `label` it in a sentence.

    `from_texts` tells that only an import knows the value, from the feed's own words.
    """

    name: str
    merge: Merge = Merge.OWN
    group: str = ""
    label: str = ""
    from_texts: bool = False


EVENT_FIELDS = (
    EventField("title"),
    EventField("description", Merge.BLANK, "description", "the description"),
    EventField("start_time"),
    EventField("end_time", Merge.RULE, label="the end"),
    EventField("timezone"),
    EventField("all_day"),
    EventField("url", Merge.BLANK, "url", "the link"),
    EventField("room_name"),
    EventField("location"),
    EventField("venue"),
    EventField("event_attendance_mode"),
    EventField("event_status", Merge.RULE, label="the status"),
    EventField("price", Merge.BLANK, "price", "the price"),
    EventField("min_price", Merge.BLANK, "price", "the price"),
    EventField("currency", Merge.BLANK, "price", "the price"),
    EventField("age_range", Merge.BLANK, "ages", "the ages"),
    EventField("age_min", Merge.BLANK, "ages", "the ages"),
    EventField("age_max", Merge.BLANK, "ages", "the ages"),
    EventField("audience_tags", Merge.UNION, label="the audience"),
    EventField("metadata_tags", Merge.UNION, label="tags"),
    EventField("organizer", Merge.BLANK, "organizer", "the organizer"),
    EventField("series_id"),
    EventField(
        "registration_required",
        Merge.BLANK,
        "registration",
        "the need to register",
        from_texts=True,
    ),
    EventField("evidence", Merge.RULE, from_texts=True),
)
CONTENT = tuple(field.name for field in EVENT_FIELDS)
# What a client may say of an event; of its venue a stored one by its id, too.
CLIENT_CONTENT = tuple(field.name for field in EVENT_FIELDS if not field.from_texts)
