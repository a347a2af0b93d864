"""What one turn costs in this checkout and in another revision, measured side by side."""
