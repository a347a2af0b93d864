"""Duplicates within one file, its series, and where its drafts wait."""
