"""Models of all that is stored: events, places, search rows, sources, conversations."""

from events.models.calendar import EventCalendar
from events.models.chat import ChatMessage, ChatSession, ReferencedEvent, SearchTrace
from events.models.event import Event
from events.models.feed import DigestedEvent, DigestMail, Feed
from events.models.generation import (
    ChatWorker,
    Generation,
    GenerationChunk,
    IdempotentRequest,
)
from events.models.importing import Import
from events.models.merging import MergeDecision, MergeDue
from events.models.place import GeocodedPlace, GeocoderPace, Place, PlaceName, PostalCode, Venue
from events.models.search import EmbeddingDue, EventSearchRow, EventWords
from events.models.source import Source, SourceRun
from events.models.zone_release import ZoneRelease

__all__ = [
    "ChatMessage",
    "ChatSession",
    "ChatWorker",
    "DigestMail",
    "DigestedEvent",
    "EmbeddingDue",
    "Event",
    "EventCalendar",
    "EventSearchRow",
    "EventWords",
    "Feed",
    "Generation",
    "GenerationChunk",
    "GeocodedPlace",
    "GeocoderPace",
    "IdempotentRequest",
    "Import",
    "MergeDecision",
    "MergeDue",
    "Place",
    "PlaceName",
    "PostalCode",
    "ReferencedEvent",
    "SearchTrace",
    "Source",
    "SourceRun",
    "Venue",
    "ZoneRelease",
]
