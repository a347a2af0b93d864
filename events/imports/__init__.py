"""Imports that run in the background: kept, taken up by lease, and finished whatever happens."""
