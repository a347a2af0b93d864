"""Synchronises feeds on a schedule, withdraws events that left them; works off queued imports."""
