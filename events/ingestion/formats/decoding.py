"""Decodes files that do not declare their encoding."""

from __future__ import annotations

from charset_normalizer import from_bytes

_LOOK_AT = 100_000
# What calendars and spreadsheets of the last decades are written in.
_OLD_ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "mac_roman"),
    *("koi8_r", "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
]
# With less than this a guess is no better than a coin; western letters are likeliest.
_ENOUGH = 24


def decode(content: bytes) -> str:
    """UTF-8 (with or without its mark), UTF-16 by its mark, else the likeliest old encoding.

    Windows-1252, which reads every byte, where nothing speaks for another, so
    that an old export loses at most the shape of a few letters.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_guess(content[:_LOOK_AT]), errors="replace")


def _guess(content: bytes) -> str:
    if sum(byte > 127 for byte in content) < _ENOUGH:
        return "cp1252"
    found = from_bytes(content, cp_isolation=_OLD_ENCODINGS).best()
    return "cp1252" if found is None else found.encoding
