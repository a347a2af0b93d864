"""RSS, Atom and calendars in XML."""
