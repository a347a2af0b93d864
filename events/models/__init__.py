"""What is stored: venues, events, their search rows, places and conversations."""

from events.models.chat import ChatMessage, ChatSession, ReferencedEvent
from events.models.embedding import EmbeddingDue
from events.models.event import Event
from events.models.feed import DigestedEvent, DigestMail, Feed
from events.models.generation import (
    ChatWorker,
    Generation,
    GenerationChunk,
    IdempotentRequest,
)
from events.models.geocoding import GeocodedPlace, GeocoderPace
from events.models.importing import Import
from events.models.merging import MergeDecision, MergeDue
from events.models.place import Place, PlaceName, PostalCode
from events.models.search import EventSearchRow, EventWords
from events.models.source import Source, SourceRun
from events.models.trace import SearchTrace
from events.models.venue import Venue

__all__ = [
    "ChatMessage",
    "ChatSession",
    "ChatWorker",
    "DigestMail",
    "DigestedEvent",
    "EmbeddingDue",
    "Event",
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
]
