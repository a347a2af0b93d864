"""The tools that are always there, by dotted path."""

from __future__ import annotations

_HERE = "chat_service.tools.builtin"
_SYSTEM = "chat_service.tools.system"
BUILT_IN = (
    f"{_HERE}.search.search_events",
    f"{_HERE}.search.count_events",
    f"{_HERE}.search.find_place",
    f"{_HERE}.event_facts.get_event",
    f"{_HERE}.event_facts.compare_events",
    f"{_HERE}.plan.plan_itinerary",
    f"{_HERE}.calendar.create_calendar",
    f"{_HERE}.explain.explain_event",
    f"{_HERE}.report.session_report",
    f"{_HERE}.learning.learning_path",
    f"{_HERE}.coverage.describe_coverage",
    f"{_SYSTEM}.files.file_retrieval",
    f"{_SYSTEM}.scripts.script_execution",
)
