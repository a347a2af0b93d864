"""Reads a calendar from a path or from a public web address."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import httpcore
import httpx

from events.ingestion.errors import FetchFailed, FileMissing, FileTooLarge
from events.ingestion.fetching.body import read_body
from events.ingestion.fetching.network import (
    NOWHERE_PRIVATE,
    Deadline,
    GuardedNetwork,
    OutOfTime,
    PrivateHosts,
)

MAX_FILE_BYTES = 1024 * 1024 * 1024
# Larger files stay on the disk; only formats that are read piece by piece take them.
MAX_BYTES_IN_MEMORY = 20 * 1024 * 1024
MAX_REDIRECTS = 5
DOWNLOAD_SECONDS = 60.0
_LONGEST_ADDRESS = 4000
# A longer validator is not worth keeping.
_LONGEST_VALIDATOR = 500
_USER_AGENT = "Superschedules/1 (event import)"
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a file, and what its name and sender say about them.

    A large local file is not read: then `path` is set and `content` is empty.
    `etag` and `last_modified` are the sender's, for the next conditional request.
    """

    content: bytes
    file_name: str
    content_type: str = ""
    default_source: str = ""
    etag: str = ""
    last_modified: str = ""
    path: Path | None = None

    def open(self) -> BinaryIO:
        """The bytes as a stream, from the beginning."""
        return io.BytesIO(self.content) if self.path is None else self.path.open("rb")

    def head(self, size: int) -> bytes:
        """The first bytes, at most `size`."""
        with self.open() as file:
            return file.read(size)

    def read(self) -> bytes:
        """All bytes at once.

        Raises:
            FileTooLarge: they are too many for a format that is read as a whole.
        """
        if self.path is not None:
            raise FileTooLarge(_too_large(self.path.stat().st_size, MAX_BYTES_IN_MEMORY))
        return self.content


@dataclass(frozen=True, slots=True)
class NotModified:
    """The sender says that the file is still the one of these validators."""

    etag: str = ""
    last_modified: str = ""


def fetch(
    location: str,
    *,
    private: PrivateHosts = NOWHERE_PRIVATE,
    seconds: float = DOWNLOAD_SECONDS,
    etag: str = "",
    last_modified: str = "",
) -> Fetched | NotModified:
    """The file at a path, or at an http(s) address within `seconds` in all.

    With `etag` or `last_modified` of an earlier answer the request is
    conditional; only then the result can be `NotModified`. Each hop of a redirect
    must be public, or one of the `private` hosts by its name and port.

    Raises:
        ImportFileError: missing, too large, not reachable, or not public.
    """
    if not location.lower().startswith(("http://", "https://")):
        return _read_path(Path(location))
    conditions = _headers({"If-None-Match": etag, "If-Modified-Since": last_modified})
    deadline = Deadline(seconds)
    network = GuardedNetwork(deadline, private)
    try:
        with httpcore.ConnectionPool(network_backend=network) as pool:
            return _follow(pool, _address(location), conditions)
    except OutOfTime as error:
        raise FetchFailed("The download took too long and was given up.") from error
    except httpcore.TimeoutException as error:
        raise FetchFailed(f"{location[:200]} did not answer in time.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind = type(error).__name__
        raise FetchFailed(f"{location[:200]} could not be fetched ({kind}).") from error


def fetch_anew(
    location: str,
    *,
    private: PrivateHosts = NOWHERE_PRIVATE,
    seconds: float = DOWNLOAD_SECONDS,
) -> Fetched:
    """Fetches the file unconditionally; raises like `fetch`."""
    fetched = fetch(location, private=private, seconds=seconds)
    if isinstance(fetched, NotModified):
        raise FetchFailed(f"{location[:200]} did not answer with a file.")
    return fetched


def _read_path(path: Path) -> Fetched:
    try:
        if not path.is_file():
            raise FileMissing(f"There is no file at {path}.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise FileTooLarge(_too_large(size, MAX_FILE_BYTES))
        if size > MAX_BYTES_IN_MEMORY:
            path.open("rb").close()
            return Fetched(b"", path.name, default_source=path.stem, path=path)
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise FileMissing(f"{path} cannot be read: {_reason(error)}.") from error
    return Fetched(content, path.name, default_source=path.stem)


def _reason(error: OSError | ValueError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is no path"


def _too_large(size: int, limit: int) -> str:
    mib = 1024 * 1024
    return f"The file has {size / mib:,.1f} MB; at most {limit / mib:,.0f} MB can be imported."


def _address(text: str) -> httpx.URL:
    """A web address whose host has a name, in the letters that the network takes."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchFailed(f"{text[:200]} is not a web address.") from error
    if url.scheme not in {"http", "https"} or not url.host or len(text) > _LONGEST_ADDRESS:
        raise FetchFailed(f"{text[:200]} is not an http or https address.")
    return url


def _follow(
    pool: httpcore.ConnectionPool, url: httpx.URL, conditions: list[tuple[str, str]]
) -> Fetched | NotModified:
    """Follows redirects by hand: each hop is a connection of its own, which is checked."""
    first = url
    for _ in range(MAX_REDIRECTS + 1):
        fetched = _one_hop(pool, url, conditions)
        if not isinstance(fetched, httpx.URL):
            return fetched
        url = fetched
    raise FetchFailed(f"{str(first)[:200]} redirects more than {MAX_REDIRECTS} times.")


def _one_hop(
    pool: httpcore.ConnectionPool, url: httpx.URL, conditions: list[tuple[str, str]]
) -> Fetched | NotModified | httpx.URL:
    """The file, or the address that this one redirects to."""
    headers = [
        ("Host", url.netloc.decode("ascii")),
        ("User-Agent", _USER_AGENT),
        ("Accept", "text/calendar, application/ld+json, text/html;q=0.9, */*;q=0.8"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
        *conditions,
    ]
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    with pool.stream("GET", target, headers=headers) as response:
        answered = _texts(response.headers)
        if response.status in _REDIRECTS and "location" in answered:
            return _address(_joined(url, answered["location"]))
        validators = _kept(answered.get("etag", "")), _kept(answered.get("last-modified", ""))
        if response.status == httpx.codes.NOT_MODIFIED and conditions:
            return NotModified(*validators)
        if response.status != httpx.codes.OK:
            raise FetchFailed(
                f"{str(url)[:200]} answered with status {response.status}.",
                retry_after=_seconds_until(answered.get("retry-after", ""), datetime.now(UTC)),
            )
        content = read_body(response.iter_stream(), answered.get("content-encoding", ""))
    return Fetched(
        content,
        PurePosixPath(url.path).name,
        answered.get("content-type", ""),
        default_source=url.host,
        etag=validators[0],
        last_modified=validators[1],
    )


def _seconds_until(retry_after: str, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, by number or date; None for anything else."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:12])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)


def _headers(values: dict[str, str]) -> list[tuple[str, str]]:
    """The headers whose value is not empty and may stand in a header."""
    return [(name, kept) for name, value in values.items() if (kept := _kept(value))]


def _kept(value: str) -> str:
    """A validator as it is, or nothing when it is no sound one."""
    value = value.strip()
    sound = value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
    return value if sound else ""


def _texts(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchFailed(f"{str(url)[:200]} redirects to no web address.") from error
