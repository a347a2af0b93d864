"""What is stored: venues, events, their search rows, places and conversations."""

from events.models.chat import ChatMessage, ChatSession, ReferencedEvent
from events.models.event import Event
from events.models.generation import (
    ChatWorker,
    Generation,
    GenerationChunk,
    IdempotentRequest,
)
from events.models.geocoding import GeocodedPlace, GeocoderPace
from events.models.merging import MergeDecision, MergeDue
from events.models.place import Place, PlaceName
from events.models.search import EventSearchRow, EventWords
from events.models.trace import SearchTrace
from events.models.venue import Venue

__all__ = [
    "ChatMessage",
    "ChatSession",
    "ChatWorker",
    "Event",
    "EventSearchRow",
    "EventWords",
    "Generation",
    "GenerationChunk",
    "GeocodedPlace",
    "GeocoderPace",
    "IdempotentRequest",
    "MergeDecision",
    "MergeDue",
    "Place",
    "PlaceName",
    "ReferencedEvent",
    "SearchTrace",
    "Venue",
]
