"""Cleans the text of feeds: markup, entities, control characters, lost line breaks."""

from __future__ import annotations

import html
import re

import nh3

MAX_DESCRIPTION = 20_000
# Decoding an entity can uncover markup that was escaped twice.
_ROUNDS = 3

_BLOCK_END = re.compile(r"(?i)<(?:br|hr)\b[^>]*>|</(?:p|div|li|ul|ol|tr|h[1-6]|section|article)>")
_SPECIAL = re.compile(r"[&<\\:]")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
# Control characters, lone surrogates (which no database takes) and invisible marks.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)
# All runs of blanks but single spaces, which are most of them and stay as they are.
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINE_EDGES = re.compile(r" \n ?|\n ")
_MANY_LINES = re.compile(r"\n{3,}")
# Markdown's backslash before punctuation: "17\+" is meant as "17+".
_ESCAPED = re.compile(r"\\([()\[\]{}+*_.!#\-~|>])")
# Feeds that lost their line breaks: "Story Time for KidsAge Group: Baby".
_GLUED_LABEL = re.compile(
    r"(?<=[a-z0-9]{2})(?=(?:Age Group|Ages?|Event Type|Phone|Email|Library|Link|Location|Cost|Fee"
    r"|Instructor|Registration): ?)"
)


def clean_text(text: str, limit: int = MAX_DESCRIPTION) -> str:
    """Plain text: no markup, no entities, no control characters, blanks collapsed.

    >>> clean_text("<p>Music &amp; <b>dance</b></p><script>x()</script>")
    'Music & dance'
    """
    text = text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(_ROUNDS):
        if "&" not in text and ("<" not in text or not _MARKUP.search(text)):
            break
        text = html.unescape(_without_markup(text))
    is_plain = text.isascii() and text.replace("\n", " ").isprintable()
    if not is_plain:
        text = _UNWANTED.sub("", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if ":" in text:
        text = _GLUED_LABEL.sub("\n", text)
    if not is_plain or "  " in text:
        text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _MANY_LINES.sub("\n\n", _LINE_EDGES.sub("\n", text))
    return text.strip()[:limit].rstrip()


def clean_line(text: str, limit: int) -> str:
    """The text cleaned, on one line of at most `limit` characters."""
    # Nearly all short fields are plain, and the whole way is twenty times as long.
    if text.isascii() and text.isprintable() and not _SPECIAL.search(text):
        return " ".join(text.split())[:limit].rstrip()
    return " ".join(clean_text(text, limit * 4).split())[:limit].rstrip()


def _without_markup(text: str) -> str:
    if not _MARKUP.search(text):
        return text
    return nh3.clean(_BLOCK_END.sub("\n", text), tags=set())
