"""A demonstration calendar of invented events, always relative to today."""
