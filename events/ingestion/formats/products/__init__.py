"""Reads the JSON and the feeds of known calendar products, by one file of mapping data each."""
