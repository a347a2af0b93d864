"""A demonstration calendar of invented events, always relative to today."""

from __future__ import annotations

from events.demo.create import create_demo_events
from events.demo.generate import generate_events

__all__ = ["create_demo_events", "generate_events"]
