"""From bytes to text, for files that do not say what they are written in."""

from __future__ import annotations


def decode(content: bytes) -> str:
    """UTF-8 (with or without its mark), UTF-16 by its mark, else Windows-1252.

    The last one reads every byte, so that an old export loses at most the
    shape of a few letters.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
