"""Connections only to checked public addresses, and with one deadline for all steps."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

import httpcore

from events.ingestion.errors import AddressRefused, FetchFailed

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Documentation, and the dead anycast of 6to4 relays: `ipaddress` calls them global.
_NOT_FOR_FETCHING = (IPv6Network("3fff::/20"), IPv4Network("192.88.99.0/24"))
# The last 64 bits of an ISATAP address begin so and end with an IPv4 address.
_ISATAP = (0x00005EFE, 0x02005EFE)

# (host as it is written in the address, port): the only ones that need not be public.
PrivateHosts = frozenset[tuple[str, int]]
NOWHERE_PRIVATE: PrivateHosts = frozenset()


def resolve(host: str, port: int, *, private: PrivateHosts = NOWHERE_PRIVATE) -> str:
    """An IP address of a host; one with any non-public address is refused unless it is listed.

    Raises:
        FetchFailed: the name is unknown.
        AddressRefused: it leads to an address that is not globally routable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise FetchFailed(f"The name {host[:200]} is not known.") from error
    addresses = [str(entry[4][0]) for entry in found]
    is_listed = (host.lower().rstrip("."), port) in private
    if not is_listed and not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{host[:200]} is not a public address; only public ones are fetched.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is globally routable, also when wrapped into IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _is_global(ip)
    embedded = list(_embedded(ip))
    is_routed = ip in _GLOBAL_UNICAST and (_is_global(ip) or bool(embedded))
    is_gateway = ip.ipv4_mapped is not None or ip in _NAT64
    return (is_routed or is_gateway) and all(_is_global(each) for each in embedded)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    reserved = any(ip in network for network in _NOT_FOR_FETCHING)
    return ip.is_global and not ip.is_multicast and not reserved


def _embedded(ip: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    elif ip.sixtofour is not None:
        yield ip.sixtofour
    elif ip.teredo is not None:
        yield from ip.teredo
    elif ip in _NAT64 or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(int(ip) & 0xFFFFFFFF)


CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 15.0


class OutOfTime(Exception):
    """The whole request took longer than it may."""


class Deadline:
    """The moment when a request has to be over; counts from its making."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def within(self, limit: float) -> float:
        """Seconds that the next step may take, at most `limit`.

        Raises:
            OutOfTime: none are left.
        """
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return min(left, limit)


class GuardedNetwork(httpcore.NetworkBackend):
    """Resolves each host once, checks the address, and connects to that very address.

    So there is no second look-up in which a name could turn into a private
    address. Every read counts against the deadline: a server that sends one
    byte of its headers at a time gains nothing.
    """

    def __init__(self, deadline: Deadline, private: PrivateHosts) -> None:
        self._deadline = deadline
        self._private = private
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = resolve(host, port, private=self._private)
        left = self._deadline.within(CONNECT_SECONDS)
        stream = self._network.connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(SILENCE_SECONDS))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(SILENCE_SECONDS))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.within(CONNECT_SECONDS)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
