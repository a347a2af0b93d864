"""Reads what schema.org says of an event, in whichever form of linked data a page holds."""
