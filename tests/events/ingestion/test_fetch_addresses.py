"""Every way to write an address that is nobody's business, with a listener to notice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from events.ingestion.errors import FetchFailed, FileMissing
from events.ingestion.fetching.fetch import fetch
from events.ingestion.fetching.network import is_public
from tests.fakes.listener import Listener

# PORT is where the listener waits; a form that any resolver reads as this host reaches it.
FORBIDDEN = [
    # loopback, in every notation of IPv4
    *("127.0.0.1:PORT", "127.0.0.1.:PORT", "127.1:PORT", "127.0.1:PORT", "2130706433:PORT"),
    *("0x7f000001:PORT", "0x7f.0.0.1:PORT", "0x7f.1:PORT", "0177.0.0.1:PORT", "0177.0.01:PORT"),
    *("017700000001:PORT", "0x7F.0X0.0.0x1:PORT", "127.255.255.254:PORT", "127.000.000.001:PORT"),
    *("00000177.1:PORT", "127.0.0.1%00.example.org:PORT", "0:PORT", "0.0.0.0:PORT", "0x0:PORT"),
    *("00.0.0.0:PORT", "4294967296:PORT", "127.0.0.1%2eexample.org:PORT"),
    # letters that look like digits and dots
    *("１２７.０.０.１:PORT", "127。0。0。1:PORT", "①②⑦.⓪.⓪.①:PORT", "127．0．0．1:PORT"),
    *("𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT", "ｌｏｃａｌｈｏｓｔ:PORT"),
    # names of this host
    *("localhost:PORT", "LOCALHOST:PORT", "localhost.:PORT", "localhost.localdomain:PORT"),
    *("ip6-localhost:PORT", "a.localhost:PORT", "user:secret@localhost:PORT"),
    # somebody else's name in front
    *("example.org@127.0.0.1:PORT", "example.org:80@127.0.0.1:PORT", "example.org%40@127.1:PORT"),
    *("127.0.0.1:PORT\\@example.org", "127.0.0.1:PORT#@example.org", "127.0.0.1:PORT?@example.org"),
    # IPv6
    *("[::1]:PORT", "[0:0:0:0:0:0:0:1]:PORT", "[::]:PORT", "[::1%25lo]:PORT", "[::1%lo]:PORT"),
    *("[::ffff:127.0.0.1]:PORT", "[::ffff:7f00:1]:PORT", "[0:0:0:0:0:ffff:7f00:1]:PORT"),
    *("[::ffff:0:127.0.0.1]:PORT", "[::127.0.0.1]:PORT", "[::7f00:1]:PORT"),
    *("[64:ff9b::127.0.0.1]:PORT", "[64:ff9b::7f00:1]:PORT", "[64:ff9b:1::127.0.0.1]:PORT"),
    *("[2002:7f00:1::]:PORT", "[2002:7f00:1::1]:PORT", "[2001:0:7f00:1::]:PORT"),
    *("[2001:0:4136:e378:8000:63bf:80ff:fffe]:PORT", "[2001:db8::5efe:7f00:1]:PORT"),
    *("[fe80::1]:PORT", "[fe80::1%25eth0]:PORT", "[fec0::1]:PORT", "[fc00::1]:PORT"),
    *("[fd00::1]:PORT", "[ff02::1]:PORT", "[ff0e::1]:PORT", "[2001:db8::1]:PORT"),
    *("[3fff::1]:PORT", "[100::1]:PORT", "[2001:10::1]:PORT", "[::ffff:10.0.0.1]:PORT"),
    *("[::ffff:169.254.169.254]", "[64:ff9b::169.254.169.254]", "[64:ff9b::10.0.0.1]"),
    *("[2002:c0a8:1::]", "[2002:a9fe:a9fe::]", "[5f00::1]"),
    # private and reserved IPv4
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "0xc0a80001"),
    *("3232235521", "0300.0250.0.1", "192.168.1", "169.254.169.254", "0xa9fea9fe", "2852039166"),
    *("0251.0376.0251.0376", "169.254.43518", "100.64.0.1", "100.127.255.255", "192.0.0.1"),
    *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.88.99.1", "224.0.0.1"),
    *("239.255.255.255", "240.0.0.1", "255.255.255.255", "0.1.2.3", "[::10.0.0.1]"),
]


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with closing(Listener()) as listening:
        yield listening


def test_forbidden_forms_are_many() -> None:
    assert len(set(FORBIDDEN)) == len(FORBIDDEN)
    assert len(FORBIDDEN) >= 60


@pytest.mark.parametrize("form", FORBIDDEN)
def test_fetch_refuses_a_forbidden_address_and_never_connects(
    listener: Listener, form: str
) -> None:
    before = listener.accepted
    for scheme in ("http", "HTTPS"):
        with pytest.raises(FetchFailed):
            fetch(f"{scheme}://{form.replace('PORT', str(listener.port))}/", seconds=5)
    assert listener.accepted == before


def test_listener_would_have_noticed(listener: Listener) -> None:
    before = listener.accepted
    with pytest.raises(FetchFailed):
        fetch(
            f"http://127.0.0.1:{listener.port}/",
            private=frozenset({("127.0.0.1", listener.port)}),
            seconds=5,
        )
    assert listener.accepted == before + 1


@pytest.mark.parametrize(
    "address",
    [
        *(
            "file:///etc/passwd",
            "ftp://example.org/a.ics",
            "gopher://127.0.0.1/",
            "data:text/plain,x",
        ),
        *("javascript:alert(1)", "//127.0.0.1/", "http:/127.0.0.1/", "http:///etc/passwd"),
        *(
            "http://",
            "https://[",
            "http://[::1",
            "http://exa mple/",
            "http://a..b/",
            "http://\x00/",
        ),
        "http://" + "a" * 5000 + "/",
    ],
)
def test_fetch_takes_nothing_but_web_addresses(address: str) -> None:
    # What is no web address is taken for a path, and there is no such file.
    with pytest.raises((FetchFailed, FileMissing)):
        fetch(address)


@pytest.mark.parametrize(
    "address",
    [
        *("93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"),
        *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"),
    ],
)
def test_is_public_knows_public_addresses(address: str) -> None:
    assert is_public(address)
