"""Events out: as iCalendar, RSS, CSV and JSON-LD. Pure: nothing here asks the database."""

from events.exports.content import Exported, Links, export_event
from events.exports.formats import FORMATS, Channel, Format

__all__ = ["FORMATS", "Channel", "Exported", "Format", "Links", "export_event"]
