"""Reads a calendar from a path or from a public web address."""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from events.ingestion.errors import (
    AddressRefused,
    FetchFailed,
    FileMissing,
    FileTooLarge,
)

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_REDIRECTS = 5
DOWNLOAD_SECONDS = 60.0
_STEP_TIMEOUT = httpx.Timeout(15.0, connect=10.0)
_USER_AGENT = "Superschedules/1 (event import)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a file, and what its name and sender say about them."""

    content: bytes
    file_name: str
    content_type: str = ""
    default_source: str = ""


def fetch(
    location: str, *, allow_private: bool = False, seconds: float = DOWNLOAD_SECONDS
) -> Fetched:
    """The file at a path, or at an http(s) address within `seconds` in all.

    Raises:
        ImportFileError: missing, too large, not reachable, or not public.
    """
    if location.lower().startswith(("http://", "https://")):
        return _fetch_url(location, allow_private=allow_private, seconds=seconds)
    return _read_path(Path(location))


def _read_path(path: Path) -> Fetched:
    try:
        if not path.is_file():
            raise FileMissing(f"There is no file at {path}.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise FileTooLarge(_too_large(size, MAX_FILE_BYTES))
        content = path.read_bytes()
    except OSError as error:
        raise FileMissing(f"{path} cannot be read: {error.strerror}.") from error
    return Fetched(content, path.name, default_source=path.stem)


def _too_large(size: int, limit: int) -> str:
    mib = 1024 * 1024
    return f"The file has {size / mib:,.1f} MB; at most {limit / mib:,.0f} MB can be imported."


def _fetch_url(address: str, *, allow_private: bool, seconds: float) -> Fetched:
    """Follows redirects by hand, so that each hop's address is looked at first."""
    deadline = time.monotonic() + seconds
    try:
        url = httpx.URL(address)
        # A proxy from the environment would resolve names behind our back.
        with httpx.Client(timeout=_STEP_TIMEOUT, trust_env=False) as client:
            for _ in range(MAX_REDIRECTS + 1):
                fetched = _one_hop(client, url, allow_private=allow_private, deadline=deadline)
                if isinstance(fetched, Fetched):
                    return fetched
                url = fetched
    except httpx.InvalidURL as error:
        raise FetchFailed(f"{address} is not a web address.") from error
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{address} did not answer in time.") from error
    except httpx.HTTPError as error:
        raise FetchFailed(f"{address} could not be fetched ({type(error).__name__}).") from error
    raise FetchFailed(f"{address} redirects more than {MAX_REDIRECTS} times.")


def _one_hop(
    client: httpx.Client, url: httpx.URL, *, allow_private: bool, deadline: float
) -> Fetched | httpx.URL:
    """The file, or the address that this one redirects to."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchFailed(f"{url} is not an http or https address.")
    address = resolve(url.host, url.port or (443 if url.scheme == "https" else 80), allow_private)
    # Connecting to the very address that was checked leaves no second look-up
    # in which a name could turn into a private address.
    request = client.build_request(
        "GET",
        url.copy_with(host=address),
        headers={
            "Host": url.netloc.decode("ascii"),
            "User-Agent": _USER_AGENT,
            "Accept-Encoding": "gzip, deflate",
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    response = client.send(request, stream=True)
    try:
        if response.has_redirect_location:
            return url.join(response.headers["location"])
        if response.status_code != httpx.codes.OK:
            raise FetchFailed(f"{url} answered with status {response.status_code}.")
        content = _read_limited(response, deadline)
    finally:
        response.close()
    return Fetched(
        content,
        PurePosixPath(url.path).name,
        response.headers.get("content-type", ""),
        default_source=url.host,
    )


def resolve(host: str, port: int, allow_private: bool) -> str:
    """An IP address of a host; a host with any non-public address is refused.

    Raises:
        FetchFailed: the name is unknown.
        AddressRefused: it leads to an address that is not globally routable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"The name {host} is not known.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{host} is not a public address; only public ones are fetched.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is globally routable, also when wrapped into IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if embedded is not None:
            ip = embedded
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _read_limited(response: httpx.Response, deadline: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > MAX_DOWNLOAD_BYTES:
            limit = MAX_DOWNLOAD_BYTES // (1024 * 1024)
            raise FileTooLarge(f"The download is larger than {limit} MB and was given up.")
        if time.monotonic() > deadline:
            raise FetchFailed("The download took too long and was given up.")
        chunks.append(chunk)
    return b"".join(chunks)
