"""Feeds that are asked again and again, and what becomes of events that leave them."""
