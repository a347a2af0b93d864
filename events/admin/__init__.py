"""The admin pages of what is stored; Django finds them by importing this package."""

from events.admin.chat import ChatMessageAdmin, ChatSessionAdmin
from events.admin.events import EventAdmin
from events.admin.feeds import DigestMailAdmin, FeedAdmin
from events.admin.geocoding import GeocodedPlaceAdmin, GeocoderPaceAdmin
from events.admin.imports import ImportAdmin
from events.admin.merging import MergeDecisionAdmin
from events.admin.places import PlaceAdmin
from events.admin.search_rows import EventSearchRowAdmin
from events.admin.sources import SourceAdmin, SourceRunAdmin
from events.admin.venues import VenueAdmin

__all__ = [
    "ChatMessageAdmin",
    "ChatSessionAdmin",
    "DigestMailAdmin",
    "EventAdmin",
    "EventSearchRowAdmin",
    "FeedAdmin",
    "GeocodedPlaceAdmin",
    "GeocoderPaceAdmin",
    "ImportAdmin",
    "MergeDecisionAdmin",
    "PlaceAdmin",
    "SourceAdmin",
    "SourceRunAdmin",
    "VenueAdmin",
]
