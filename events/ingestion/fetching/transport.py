"""Connections for fetching: only to checked addresses, and with one deadline for all steps."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from events.ingestion.fetching.addresses import PrivateHosts, resolve

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
