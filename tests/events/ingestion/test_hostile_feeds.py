# ruff: noqa: E501 - a hostile feed a line is easier to read
"""Feeds that mean harm, over real connections, each read in a process of its own."""

from __future__ import annotations

import gzip
import io
import json
import socket
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.events.ingestion.test_fetch_addresses import FORBIDDEN
from tests.fakes.listener import Listener

# The requirement is 2 s and 200 MB.
MOST_CPU = 2.0
MOST_MEGABYTES = 200.0
MIB = 1024 * 1024

Send = Callable[[bytes], None]


def ics(*entries: str) -> bytes:
    blocks = "".join(f"BEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\n" for entry in entries)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{blocks}END:VCALENDAR\r\n".encode()


def series(rule: str, start: str = "20261201T190000Z") -> bytes:
    return ics(f"UID:1\r\nSUMMARY:a\r\nDTSTART:{start}\r\nRRULE:{rule}")


def answer(send: Send, body: bytes, *headers: str) -> None:
    head = ["HTTP/1.1 200 OK", *headers, "Connection: close"]
    send("\r\n".join([*head, "", ""]).encode() + body)


def packed_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(MIB)
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("calendar.ics", bytes(50 * MIB))
    return file.getvalue()


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'
    return f'{head}<rss version="2.0"><channel><title>&l11;</title></channel></rss>'.encode()


def external(target: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]>'
        '<rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>'
    ).encode()


def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


ZEROS = packed_zeros(1024)
TAGS = 200_000
BODIES: dict[str, tuple[bytes, tuple[str, ...], str]] = {
    # name: (body, headers, what the error or the report begins with)
    "gzip-of-zeros": (ZEROS, ("Content-Encoding: gzip",), "FileTooLarge"),
    "gzip-of-zeros-as-file": (ZEROS, (), "UnknownFormat"),
    "gzip-twice": (gzip.compress(ZEROS), ("Content-Encoding: gzip",), "UnknownFormat"),
    "gzip-in-gzip-header": (ZEROS, ("Content-Encoding: gzip, gzip",), "FetchFailed"),
    "deflate-of-zeros": (zlib.compress(bytes(64 * MIB), 9), ("Content-Encoding: deflate",), "FileTooLarge"),
    "gzip-cut-off": (ZEROS[:1000], ("Content-Encoding: gzip",), "FetchFailed"),
    "gzip-damaged": (b"\x1f\x8b\x08garbage" * 9, ("Content-Encoding: gzip",), "FetchFailed"),
    "unknown-encoding": (b"x", ("Content-Encoding: br",), "FetchFailed"),
    "zip-bomb": (zip_bomb(), (), "UnknownFormat"),
    "billion-laughs": (laughs(), (), "FileBroken"),
    "laughs-in-wide-letters": (laughs().decode().encode("utf-16"), ("Content-Type: text/xml",), "FileBroken"),
    "external-entity": (external("file:///etc/passwd"), (), "FileBroken"),
    "many-items": (b"<rss><channel>" + b"<item/>" * TAGS, (), "FileTooLarge"),
    "deep-xml": (b"<rss>" + b"<a>" * 90_000, (), "FileBroken"),
    "deep-json": (b"[" * 1_000_000, (), "FileBroken"),
    "deep-json-objects": (b'{"a":' * 500_000, (), "FileBroken"),
    "many-json-lists": (b"[" + b"[]," * 6_000_000 + b"[]]", (), "FileBroken"),
    "deep-html": (page("<div itemscope>" * 20_000), (), "FileBroken"),
    "many-html-tags": (page("<b>" * TAGS), (), "FileTooLarge"),
    "deep-linked-data": (page(f'<script type="application/ld+json">{"[" * 500_000}</script>'), (), "the page's"),
    "count-of-a-billion": (series("FREQ=DAILY;COUNT=1000000000"), (), "356 events"),
    "interval-of-nothing": (series("FREQ=DAILY;INTERVAL=0"), (), "the event repeats at intervals of 0"),
    "every-second": (series("FREQ=SECONDLY"), (), "the event repeats more often"),
    "hourly-since-1900": (series("FREQ=HOURLY", "19000101T000000Z"), (), "the event has repeated too"),
    "every-moment-of-a-day": (
        series("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60)))),
        (), "the event has repeated too",
    ),
    "30th-of-february": (series("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), (), "1 events"),
    "30th-of-february-by-the-hour": (series("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"), (), "1 events"),
    "tenth-monday": (series("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=10"), (), "1 events"),
    "53rd-monday-of-a-month": (series("FREQ=MONTHLY;BYDAY=53MO"), (), "the rule of repetition"),
    "mondays-on-tuesdays": (series("FREQ=DAILY;INTERVAL=7;BYDAY=MO"), (), "1 events"),
    "unclosed-components": (ics("UID:1\r\nSUMMARY:a\r\nDTSTART:20261201T190000Z\r\n" + "BEGIN:VALARM\r\n" * 300_000), (), "1 events"),
    "components-around": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VTODO\r\n" * 300_000 + b"END:VCALENDAR\r\n", (), "0 events"),
    "one-endless-line": (ics("UID:1\r\nSUMMARY:" + "a" * 15 * MIB), (), "the entry is too large"),
    "zone-by-the-second": (
        b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
        b"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\r\nDTSTART;TZID=Z:20261201T190000\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n",
        (), "1 events",
    ),
}  # fmt: skip


class Harm:
    """A server that answers each path in its own bad way."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.accepted = 0
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                name = connection.recv(65_536).split(b" ")[1].decode().strip("/")
                self._answer(name, connection.sendall)
            except OSError:
                return  # the reader has had enough

    def _answer(self, name: str, send: Send) -> None:
        if name in BODIES:
            body, headers, _ = BODIES[name]
            answer(send, body, *headers)
        elif name == "endless":
            answer(send, b"", "Transfer-Encoding: chunked")
            while True:
                send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        elif name == "endless-headers":
            send(b"HTTP/1.1 200 OK\r\n")
            while True:
                send(b"X-More: " + b"x" * 1000 + b"\r\n")
        elif name.startswith("to/"):
            target = unquote(name.removeprefix("to/"))
            send(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode())
        else:
            send(b"HTTP/1.1 200 OK\r\n" if name == "slow-headers" else b"")
            if name == "slow-body":
                answer(send, b"")
            while not self._closed.wait(0.1):
                send(b"x")

    def close(self) -> None:
        self._closed.set()
        self._socket.close()


@pytest.fixture(scope="module")
def harm() -> Iterator[Harm]:
    server = Harm()
    yield server
    server.close()


def read(harm: Harm, name: str, seconds: float = 30) -> dict[str, Any]:
    """What became of it; the process itself is started and ended within the test."""
    return read_all(f"http://127.0.0.1:{harm.port}/{name}", seconds=seconds)[0]


def read_all(*addresses: str, seconds: float = 30) -> list[dict[str, Any]]:
    """What became of each; of private hosts only the first one's may be read."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.events.ingestion.hostile_child"),
            *(str(seconds), *addresses),
        ],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert max(each["cpu"] for each in found) < MOST_CPU
    assert found[-1]["megabytes"] < MOST_MEGABYTES
    return found


@pytest.mark.parametrize("name", BODIES)
def test_hostile_feed_ends_soon_with_a_sentence(harm: Harm, name: str) -> None:
    found = read(harm, name)
    told = [found["error"] or f"{found['events']} events", *found["reasons"]]
    assert any(each.startswith(BODIES[name][2]) for each in told), told


@pytest.mark.parametrize(
    ("name", "error"), [("endless", "FileTooLarge"), ("endless-headers", "FetchFailed")]
)
def test_endless_answer_is_cut(harm: Harm, name: str, error: str) -> None:
    assert read(harm, name)["error"].startswith(error)


@pytest.mark.parametrize("name", ["slow-headers", "slow-status", "slow-body"])
def test_slow_answer_has_a_deadline(harm: Harm, name: str) -> None:
    began = time.monotonic()
    assert read(harm, name, seconds=1)["error"].startswith("FetchFailed")
    assert time.monotonic() > began + 1


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Listener]:
    with closing(Listener()) as listening:
        yield listening


def redirect(harm: Harm, target: str) -> str:
    """An address that may be read, and that redirects to the target."""
    return f"http://127.0.0.1:{harm.port}/to/{quote(target, safe='')}"


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "http://localhost:PORT/"),
        *("http://[::1]:PORT/", "http://2130706433:PORT/", "//127.0.0.1:PORT/", "http://127.0.0.1"),
        # the port may be read, but not at this address; and the other way round
        *(
            "http://127.0.0.2:HERE/",
            "http://localhost:HERE/",
            "http://127.1:HERE/",
            "HTTP://0:HERE",
        ),
    ],
)
def test_redirect_to_another_private_address_is_not_followed(
    harm: Harm, elsewhere: Listener, target: str
) -> None:
    before, reached = elsewhere.accepted, harm.accepted
    place = target.replace("PORT", str(elsewhere.port)).replace("HERE", str(harm.port))
    (found,) = read_all(redirect(harm, place))
    assert found["error"].startswith("AddressRefused: ")
    assert found["error"].endswith(" is not a public address; only public ones are fetched.")
    assert (elsewhere.accepted, harm.accepted) == (before, reached + 1)


def test_redirect_within_the_permitted_host_is_followed_and_the_last_hop_checked(
    harm: Harm, elsewhere: Listener
) -> None:
    here = redirect(harm, redirect(harm, f"http://127.0.0.1:{harm.port}/every-second"))
    away = redirect(harm, redirect(harm, f"http://127.0.0.1:{elsewhere.port}/"))
    before, reached = elsewhere.accepted, harm.accepted
    followed, refused = read_all(here, away)
    assert followed["reasons"][0].startswith("the event repeats more often")
    assert refused["error"].startswith("AddressRefused")
    assert (elsewhere.accepted, harm.accepted) == (before, reached + 5)


def test_forbidden_addresses_cost_little_and_see_no_connection(
    harm: Harm, elsewhere: Listener
) -> None:
    forms = [f"http://{form.replace('PORT', str(elsewhere.port))}/" for form in FORBIDDEN]
    before, reached = elsewhere.accepted, harm.accepted
    first, *found = read_all(
        f"http://127.0.0.1:{harm.port}/every-second",
        *forms,
        *(redirect(harm, form) for form in forms),
    )
    assert first["error"] == ""
    errors = {each["error"].partition(":")[0] for each in found}
    assert errors == {"AddressRefused", "FetchFailed"}
    assert (elsewhere.accepted, harm.accepted) == (before, reached + 1 + len(forms))
