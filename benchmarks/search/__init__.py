"""Search at up to a million events, beside Qdrant's embedded engine and plain pgvector."""
