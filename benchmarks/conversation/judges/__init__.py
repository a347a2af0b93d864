"""Rules that judge one answer by what was expected; pure, so that they can be tried by hand."""
