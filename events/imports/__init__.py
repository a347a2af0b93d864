"""Imports in the background: queued in the database, taken by lease, resumed after a crash."""
