"""iCalendar (RFC 5545): lines, entries, series, and the calendars that hold them."""
