"""The Django project. Every process imports it first, so the table of time zones is chosen here."""

from core.zones import use_pinned_tables

use_pinned_tables()
