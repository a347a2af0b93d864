"""A feed on loopback, as its owner may change it: content, validators, failures."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


class FakeFeed:
    """Serves `content` at `address`; keeps the headers of every request."""

    def __init__(self) -> None:
        self.content = b""
        self.content_type = "text/calendar"
        self.etag = ""
        self.last_modified = ""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.cut_off = False
        self.held = threading.Event()
        self.held.set()
        self.requests: list[Message] = []

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/town.ics"

    def is_known(self, headers: Message) -> bool:
        """Whether the client has this very content."""
        if self.etag and headers["If-None-Match"] == self.etag:
            return True
        return bool(self.last_modified and headers["If-Modified-Since"] == self.last_modified)


def _handler(feed: FakeFeed) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.requests.append(self.headers)
            feed.held.wait(20)
            status = 304 if feed.is_known(self.headers) else feed.status
            body = feed.content if status == 200 else b""
            self.send_response(status)
            for name, value in self._named(body).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if feed.cut_off else body)

        def _named(self, body: bytes) -> Mapping[str, str]:
            named = {"ETag": feed.etag, "Last-Modified": feed.last_modified, **feed.headers}
            return {
                "Content-Type": feed.content_type,
                "Content-Length": str(len(body)),
                **{name: value for name, value in named.items() if value},
            }

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keeps the test's output clean."""

    return Handler


def private_hosts(*addresses: str) -> frozenset[tuple[str, int]]:
    """The hosts and ports of these addresses, and no others, as `fetch` takes them."""
    parts = [urlsplit(address) for address in addresses]
    return frozenset((part.hostname or "", part.port or 80) for part in parts)


def calendar(*entries: str) -> bytes:
    """An iCalendar file of entries (see `entry`)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *entries, "END:VCALENDAR"]
    return "\r\n".join([*lines, ""]).encode()


def entry(uid: str, start: datetime, title: str = "", *more: str) -> str:
    """One event of an hour in Davis; those without a title have numbers, so none is a copy."""
    lines: Sequence[Any] = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SUMMARY:{title or f'Concert {int.from_bytes(uid.encode()) % 10**6}'}",
        f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "DURATION:PT1H",
        "LOCATION:Hall, 12 Main Street, Davis, CA",
        *more,
        "END:VEVENT",
    ]
    return "\r\n".join(lines)
