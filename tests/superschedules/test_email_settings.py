"""`EMAIL_URL`: how mail is sent, or a sentence about what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from superschedules import env

NAME = "TEST_EMAIL_URL"


@pytest.fixture(autouse=True)
def unset() -> Iterator[None]:
    yield
    os.environ.pop(NAME, None)


def read(value: str) -> dict[str, object]:
    os.environ[NAME] = value
    return env.email(NAME, default="none:")


def test_smtp_with_everything() -> None:
    assert read("smtp://me%40example.org:p%2Fw@mail.example.org:587/?starttls=true") == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example.org",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "me@example.org",
        "EMAIL_HOST_PASSWORD": "p/w",
        "EMAIL_USE_SSL": False,
        "EMAIL_USE_TLS": True,
        "EMAIL_TIMEOUT": 20,
    }


def test_smtps_begins_with_tls() -> None:
    read_settings = read("smtps://mail.example.org")
    assert (read_settings["EMAIL_PORT"], read_settings["EMAIL_USE_SSL"]) == (465, True)
    assert (read_settings["EMAIL_USE_TLS"], read_settings["EMAIL_HOST_USER"]) == (False, "")


@pytest.mark.parametrize(
    ("value", "backend"), [("", "dummy"), ("none:", "dummy"), ("console:", "console")]
)
def test_backends_without_a_server(value: str, backend: str) -> None:
    assert read(value) == {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}


def test_folder() -> None:
    assert read("file:///var/my%20mails")["EMAIL_FILE_PATH"] == "/var/my mails"


@pytest.mark.parametrize(
    "value", ["mail.example.org", "http://x", "smtp://", "smtp://s3cret@h:no", "file:"]
)
def test_anything_else_is_refused_without_telling_it(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=NAME) as told:
        read(value)
    assert "s3cret" not in str(told.value)
