"""The environment: typed values, and a sentence that names the variable when one is wrong."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from superschedules import env

NAME = "SUPERSCHEDULES_TEST_VALUE"
Reader = Callable[[], Any]


def _text() -> str:
    return env.text(NAME, "fallback")


def _integer() -> int:
    return env.integer(NAME, 7, minimum=2, maximum=99)


def _seconds() -> float:
    return env.seconds(NAME, 2.5)


def _on() -> bool:
    return env.boolean(NAME, default=True)


def _off() -> bool:
    return env.boolean(NAME, default=False)


def _words() -> list[str]:
    return env.words(NAME, "one,two")


def _hosts() -> frozenset[tuple[str, int]]:
    return env.host_ports(NAME)


def _pause() -> float:
    return env.seconds(NAME, 1, or_zero=True)


def _object() -> dict[str, Any]:
    return env.json_object(NAME)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (_text, "  said aloud ", "said aloud"),
        (_integer, "2", 2),
        (_integer, " 99 ", 99),
        (_seconds, "0.25", 0.25),
        (_seconds, "3", 3.0),
        *((_off, value, True) for value in ("1", "true", "TRUE", "Yes", "on")),
        *((_on, value, False) for value in ("0", "false", "False", "NO", "off")),
        (_words, "a, b,,c ,", ["a", "b", "c"]),
        (_words, ",", []),
        (_hosts, "Intranet:8080, [::1]:90", frozenset({("intranet", 8080), ("::1", 90)})),
        (_hosts, "10.0.0.5", frozenset({("10.0.0.5", 80), ("10.0.0.5", 443)})),
        (_pause, "0", 0.0),
        (_object, '{"user_agent": "a/1.0"}', {"user_agent": "a/1.0"}),
    ],
)
def test_value_is_read(
    monkeypatch: pytest.MonkeyPatch, read: Reader, value: str, expected: object
) -> None:
    monkeypatch.setenv(NAME, value)
    assert read() == expected


@pytest.mark.parametrize("value", [None, "", "   "])
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (_text, "fallback"),
        (_integer, 7),
        (_seconds, 2.5),
        (_on, True),
        (_off, False),
        (_words, ["one", "two"]),
        (_hosts, frozenset()),
        (_pause, 1.0),
        (_object, {}),
    ],
)
def test_value_that_is_unset_or_blank_is_the_default(
    monkeypatch: pytest.MonkeyPatch, read: Reader, expected: object, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(NAME, raising=False)
    else:
        monkeypatch.setenv(NAME, value)
    assert read() == expected


@pytest.mark.parametrize(
    ("read", "value", "complaint"),
    [
        (_integer, "many", "must be a whole number, not 'many'."),
        (_integer, "1.5", "must be a whole number, not '1.5'."),
        (_integer, "0x10", "must be a whole number, not '0x10'."),
        (_integer, "1", "must be at least 2, not 1."),
        (_integer, "-3", "must be at least 2, not -3."),
        (_integer, "100", "must be at most 99, not 100."),
        (_seconds, "soon", "must be a number of seconds, not 'soon'."),
        (_seconds, "0", "must be a positive number of seconds, not 0."),
        (_seconds, "-1", "must be a positive number of seconds, not -1."),
        (_seconds, "inf", "must be a positive number of seconds, not inf."),
        (_seconds, "nan", "must be a positive number of seconds, not nan."),
        (_pause, "-1", "must be a positive number of seconds, not -1."),
        (_object, "[1]", 'must be a JSON object, such as {"key": "value"}.'),
        (_object, "{'a': 1}", 'must be a JSON object, such as {"key": "value"}.'),
        *(
            (_hosts, value, f"must list hosts, such as intranet:8080 or 10.0.0.5, not {value!r}.")
            for value in (
                "true",
                "http://intranet",
                "intranet/calendar",
                "a@intranet",
                "*:80",
                ":80",
            )
        ),
        (_hosts, "intranet:65536", "is not a valid URL."),
        (_on, "maybe", "must be true or false, not 'maybe'."),
        (_on, "2", "must be true or false, not '2'."),
    ],
)
def test_value_that_cannot_be_read_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, read: Reader, value: str, complaint: str
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured) as raised:
        read()
    assert str(raised.value) == f"{NAME} {complaint}"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_text_without_default_is_required(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(NAME, raising=False)
    else:
        monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured) as raised:
        env.text(NAME)
    assert str(raised.value) == f"Set the environment variable {NAME}."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("some/folder", env.ROOT / "some/folder"),
        ("../beside", env.ROOT.parent / "beside"),
        ("/srv/with blank", Path("/srv/with blank")),
        ("~/data", Path.home() / "data"),
    ],
)
def test_path_is_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, expected: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # the folder that one happens to stand in does not count
    monkeypatch.setenv(NAME, value)
    assert env.path(NAME, "unused") == expected.resolve()


def test_path_in_an_unknown_home_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "~nobody-by-this-name/data")
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} names nobody's home folder"):
        env.path(NAME, "unused")


def test_database_parameters_are_those_of_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://ann:p%40ss@db.example.org:6432/events?sslmode=require"
    )
    assert env.database_parameters() == {
        "user": "ann",
        "password": "p@ss",
        "host": "db.example.org",
        "port": "6432",
        "dbname": "events",
        "sslmode": "require",
    }


def test_database_parameters_of_a_bad_url_keep_the_password_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "hunter2 is my password")
    with pytest.raises(ImproperlyConfigured) as raised:
        env.database_parameters()
    assert str(raised.value) == "DATABASE_URL is not a valid Postgres URL."
    assert raised.value.__suppress_context__


def test_database_parameters_without_a_url_name_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert env.database_url() is None
    with pytest.raises(
        ImproperlyConfigured, match=r"^Set the environment variable DATABASE_URL\.$"
    ):
        env.database_parameters()


def test_kept_secret_prefers_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "given by hand")
    assert env.kept_secret(NAME, tmp_path / "secret") == "given by hand"
    assert list(tmp_path.iterdir()) == []


def test_kept_secret_is_made_once_and_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "new folder" / "secret"
    secret = env.kept_secret(NAME, file)
    assert len(secret) == 64  # 48 bytes in base64
    assert env.kept_secret(NAME, file) == secret
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_kept_secret_is_the_same_for_all_who_start_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    files = [tmp_path / str(number) for number in range(20)]
    with ThreadPool(8) as pool:
        for file in files:
            secrets = pool.starmap(env.kept_secret, [(NAME, file)] * 8)
            assert secrets == [file.read_text().strip()] * 8


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00"])
def test_kept_secret_in_an_unusable_file_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(ImproperlyConfigured) as raised:
        env.kept_secret(NAME, file)
    assert str(file) in str(raised.value)
    assert file.read_bytes() == content
