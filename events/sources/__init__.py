"""Synchronises feeds on a schedule, and withdraws events that left them."""
