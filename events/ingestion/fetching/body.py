"""Reads the body of an HTTP answer and unpacks it within limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from events.ingestion.errors import FetchFailed, FileTooLarge

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
# Calendars shrink to a tenth or so; what unpacks to more than this is made to fill memories.
MAX_RATIO = 100
_RATIO_COUNTS_FROM = 1024 * 1024
_STEP = 64 * 1024


def read_body(chunks: Iterable[bytes], encoding: str) -> bytes:
    """The whole body; `encoding` is the Content-Encoding header's value.

    Raises:
        FileTooLarge: more bytes than a download may have, packed or unpacked.
        FetchFailed: packed in an unknown way, twice, or damaged.
    """
    parts: list[bytes] = []
    size = 0
    for part in _unpacked(_limited(chunks), encoding.strip().lower()):
        size += len(part)
        if size > MAX_DOWNLOAD_BYTES:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _limited(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_DOWNLOAD_BYTES:
            raise _too_large()
        yield chunk


def _too_large() -> FileTooLarge:
    limit = MAX_DOWNLOAD_BYTES // (1024 * 1024)
    return FileTooLarge(f"The download is larger than {limit} MB and was given up.")


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from chunks
    elif encoding in ("gzip", "x-gzip"):
        yield from _inflated(chunks, zlib.MAX_WBITS | 16)
    elif encoding == "deflate":
        yield from _inflated(chunks, None)
    else:
        raise FetchFailed(f"The answer is packed in an unknown way ({encoding[:60]}).")


def _inflated(chunks: Iterable[bytes], window: int | None) -> Iterator[bytes]:
    """Unpacks in small steps, so that no step makes much of little.

    "deflate" comes with the header of zlib or, from some servers, without.
    """
    taken = made = 0
    decoder = None
    for chunk in chunks:
        if not chunk:
            continue
        if decoder is None:
            plain = window is None and chunk[0] & 0x0F != zlib.DEFLATED
            decoder = zlib.decompressobj(-zlib.MAX_WBITS if plain else window or zlib.MAX_WBITS)
        taken += len(chunk)
        while chunk and not decoder.eof:
            try:
                part = decoder.decompress(chunk, _STEP)
            except zlib.error as error:
                raise FetchFailed("The packed answer is damaged.") from error
            made += len(part)
            if made > max(_RATIO_COUNTS_FROM, taken * MAX_RATIO):
                raise FileTooLarge(
                    f"The download unpacks to more than {MAX_RATIO} times its size;"
                    " it was given up."
                )
            yield part
            chunk = decoder.unconsumed_tail
    if decoder is not None and not decoder.eof:
        raise FetchFailed("The packed answer is cut off.")
