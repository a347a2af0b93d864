"""What holds for every path under /api/, before routing."""
