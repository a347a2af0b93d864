"""Places to choose from while somebody types."""
