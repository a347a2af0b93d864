"""Events in named fields: rows of tables and plain objects, in many languages."""
