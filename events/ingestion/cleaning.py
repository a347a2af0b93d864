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
_LETTER_BEHIND = re.compile(r"<[a-zA-Z/!?]")
# Elements that are not also words which people put in angle brackets for something to fill in.
_ELEMENTS = (
    r"a|abbr|acronym|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big|blink|blockquote|body"
    r"|br|canvas|caption|center|cite|code|col|colgroup|dd|del|dfn|dialog|dir|div|dl|dt|em|embed"
    r"|fieldset|figcaption|figure|font|footer|frame|frameset|h[1-6]|head|hgroup|hr|html|i|iframe"
    r"|img|ins|kbd|legend|li|marquee|meta|nav|nobr|noframes|noscript|ol|optgroup|p|param|path"
    r"|picture|plaintext|pre|q|rp|rt|ruby|s|samp|script|small|span|strike|strong|style|sub|sup"
    r"|svg|table|tbody|td|textarea|tfoot|th|thead|tr|track|tt|u|ul|var|video|wbr|xml|xmp"
)
# These are: they count with attributes, or where they end as well.
_WORDS = frozenset(
    {"address", "area", "button", "data", "datalist", "details", "form", "g", "header", "input"}
    | {"label", "link", "main", "map", "mark", "menu", "meter", "object", "option", "output"}
    | {"progress", "search", "section", "select", "slot", "source", "summary", "template", "time"}
    | {"title"}
)
_CLOSED = re.compile(r"</([a-z]+)")
_ATTRIBUTES = r"(?:\s+[\w:@.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]*))?)*\s*/?"
_TAG = re.compile(
    rf"</?(?:{_ELEMENTS})(?:[\s/][^<>]*)?(?:>|$)"
    rf"|</?(?P<word>{'|'.join(sorted(_WORDS))})(?P<attributes>{_ATTRIBUTES})>"
    r"|</?[a-z]\w*:[a-z]\w*(?:\s[^<>]*)?/?>|<!--|-->|<!\[|<!doctype\b|<\?[a-z]",
    re.IGNORECASE,
)
# Without its semicolon it may be a part of an address: "?a=1&copy=2".
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});|&nbsp(?![\w=])")
_MERE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});)")
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
        if "&" not in text and ("<" not in text or not _LETTER_BEHIND.search(text)):
            break
        text = _ENTITY.sub(_letter, _without_markup(text))
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


def _letter(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _without_markup(text: str) -> str:
    """The text without its tags; other words in angle brackets are words.

    >>> _without_markup("<b>Java</b>: List<T>, <Your Name Here>")
    'Java: List&lt;T&gt;, &lt;Your Name Here&gt;'
    """
    if "<" not in text or not _LETTER_BEHIND.search(text):
        return text
    closed = frozenset(_CLOSED.findall(text.lower()))
    tags = [match.span() for match in _TAG.finditer(text) if _is_tag(match, closed)]
    if not tags:
        return text
    parts: list[str] = []
    end = 0
    for first, last in tags:
        parts += [_escaped(text[end:first]), text[first:last]]
        end = last
    whole = "".join([*parts, _escaped(text[end:])])
    return nh3.clean(_BLOCK_END.sub("\n", whole), tags=set())


def _is_tag(match: re.Match[str], closed: frozenset[str]) -> bool:
    word = match["word"]
    if word is None or "=" in match["attributes"]:
        return True
    return not match["attributes"].strip(" /") and word.lower() in closed


def _escaped(text: str) -> str:
    return _MERE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;")
