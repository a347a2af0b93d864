"""Registers the admin pages of the stored models: Django imports this package to find them."""

from events.admin.chat import ChatMessageAdmin, ChatSessionAdmin
from events.admin.events import EventAdmin, EventSearchRowAdmin
from events.admin.feeds import DigestMailAdmin, FeedAdmin
from events.admin.merging import MergeDecisionAdmin
from events.admin.places import GeocodedPlaceAdmin, GeocoderPaceAdmin, PlaceAdmin, VenueAdmin
from events.admin.sources import ImportAdmin, SourceAdmin, SourceRunAdmin

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
