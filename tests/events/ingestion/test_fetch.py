from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from events.ingestion.errors import AddressRefused, FetchFailed, FileMissing, FileTooLarge
from events.ingestion.fetching.fetch import MAX_FILE_BYTES, NotModified, fetch, fetch_anew
from events.ingestion.fetching.network import is_public
from tests.fakes.feed import private_hosts

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Pages(BaseHTTPRequestHandler):
    """A calendar, redirects, an error, and a body without end."""

    def do_GET(self) -> None:
        if self.path == "/dated.ics":
            self._send_if_changed()
        elif self.path == "/town.ics":
            assert self.headers["Host"].startswith("localhost:")
            self._send(200, CALENDAR, {"Content-Type": "text/calendar"})
        elif self.path == "/moved":
            self._send(302, b"", {"Location": "/town.ics"})
        elif self.path == "/elsewhere":
            self._send(302, b"", {"Location": "file:///etc/passwd"})
        elif self.path == "/loop":
            self._send(302, b"", {"Location": "/loop"})
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(64):
                    self.wfile.write(b"x" * 1024 * 1024)
            except OSError:
                return  # the reader has had enough
        else:
            self._send(404, b"", {})

    def _send_if_changed(self) -> None:
        """As careful servers do: 304 to those who have it already."""
        validators = {"ETag": '"v1"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"}
        has_it = (
            self.headers["If-None-Match"] == validators["ETag"]
            or self.headers["If-Modified-Since"] == validators["Last-Modified"]
        )
        self._send(304 if has_it else 200, b"" if has_it else CALENDAR, validators)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keeps the test's output clean."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_fetch_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "town.ics").write_bytes(CALENDAR)
    found = fetch_anew(str(tmp_path / "town.ics"))
    assert (found.content, found.file_name, found.default_source) == (CALENDAR, "town.ics", "town")


@pytest.mark.parametrize("name", ["missing.ics", "", "bad\x00name"])
def test_fetch_missing_file_is_said_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileMissing):
        fetch(f"{tmp_path}/{name}")


def test_fetch_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.ics"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(FileTooLarge, match=r"1,024\.0 MB; at most 1,024 MB"):
        fetch(str(path))


def test_fetch_large_file_stays_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "large.ics"
    with path.open("wb") as file:
        file.write(CALENDAR)
        file.truncate(200 * 1024 * 1024)
    found = fetch_anew(str(path))
    assert (found.content, found.head(len(CALENDAR))) == (b"", CALENDAR)
    with pytest.raises(FileTooLarge):
        found.read()


def test_fetch_hands_on_the_validators(site: str) -> None:
    found = fetch_anew(f"{site}/dated.ics", private=private_hosts(site))
    assert (found.etag, found.last_modified) == ('"v1"', "Fri, 20 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize(
    "known", [{"etag": '"v1"'}, {"last_modified": "Fri, 20 Nov 2026 10:00:00 GMT"}]
)
def test_fetch_known_file_is_not_sent_again(site: str, known: dict[str, str]) -> None:
    found = fetch(
        f"{site}/dated.ics",
        private=private_hosts(site),
        etag=known.get("etag", ""),
        last_modified=known.get("last_modified", ""),
    )
    assert found == NotModified('"v1"', "Fri, 20 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize("etag", ['"v0"', '"v1"\r\nX-Other: 1', "é", '"' + "v" * 1000 + '"'])
def test_fetch_other_or_unsound_validators_bring_the_file(site: str, etag: str) -> None:
    found = fetch(f"{site}/dated.ics", private=private_hosts(site), etag=etag)
    assert found == fetch_anew(f"{site}/dated.ics", private=private_hosts(site))


def test_fetch_follows_redirects(site: str) -> None:
    found = fetch_anew(f"{site}/moved", private=private_hosts(site))
    assert (found.content, found.file_name, found.content_type, found.default_source) == (
        *(CALENDAR, "town.ics", "text/calendar", "localhost"),
    )


@pytest.mark.parametrize("path", ["/missing", "/elsewhere", "/loop"])
def test_fetch_gives_up_with_a_sentence(site: str, path: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(site + path, private=private_hosts(site))


def test_fetch_body_without_end_is_cut(site: str) -> None:
    with pytest.raises(FileTooLarge):
        fetch(f"{site}/endless", private=private_hosts(site))


def test_fetch_slow_body_has_a_deadline(site: str) -> None:
    with pytest.raises(FetchFailed, match="took too long"):
        fetch(f"{site}/town.ics", private=private_hosts(site), seconds=0)


def test_fetch_private_address_is_refused(site: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(f"{site}/town.ics")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://user:secret@192.168.0.1/",
        "http://224.0.0.1/",
    ],
)
def test_fetch_refuses_every_way_to_write_a_private_address(address: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(address)


@pytest.mark.parametrize("address", ["http://", "http://exa mple", "https://[bad", "http://a..b/"])
def test_fetch_refuses_what_is_no_address(address: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(address)


def test_is_public_knows_public_addresses() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert not is_public("fe80::1%eth0")
