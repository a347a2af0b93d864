"""The only reader of the environment: typed values that fail loudly.

Every function takes the variable's name and a default; without a default the
variable is required. A value that cannot be read stops the start with a
sentence that names the variable.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from core import secret_files

ROOT = Path(__file__).resolve().parent.parent
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """A string; surrounding blanks are dropped and an empty value counts as unset."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default


def integer(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """A whole number of at least `minimum` and, when given, at most `maximum`."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name} must be at most {maximum}, not {number}.")
    return number


def seconds(name: str, default: float, *, or_zero: bool = False) -> float:
    """A positive number of seconds, or if allowed none."""
    value = text(name, str(default))
    try:
        number = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of seconds, not {value!r}.") from None
    if or_zero and number == 0:
        return 0.0
    if not 0 < number < float("inf"):
        raise ImproperlyConfigured(f"{name} must be a positive number of seconds, not {value}.")
    return number


def boolean(name: str, *, default: bool) -> bool:
    """One of 1/true/yes/on or 0/false/no/off, in any case."""
    value = text(name, str(default)).lower()
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def words(name: str, default: str = "") -> list[str]:
    """A list of strings, parted by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def host_ports(name: str) -> frozenset[tuple[str, int]]:
    """Hosts with their ports, such as `intranet:8080, 10.0.0.5`; without one, 80 and 443."""
    found: set[tuple[str, int]] = set()
    for word in words(name):
        parts = _url(name, f"//{word}")
        host = parts.hostname or ""
        if parts.netloc != word or not host or "@" in word or host in _TRUE | _FALSE or "*" in host:
            raise ImproperlyConfigured(
                f"{name} must list hosts, such as intranet:8080 or 10.0.0.5, not {word!r}."
            )
        ports = (80, 443) if parts.port is None else (parts.port,)
        found.update((host.rstrip("."), port) for port in ports)
    return frozenset(found)


def json_object(name: str) -> dict[str, Any]:
    """The members of a JSON object; empty when unset. It may be secret, so no error shows it."""
    try:
        value = json.loads(text(name, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f'{name} must be a JSON object, such as {{"key": "value"}}.')
    return value


def path(name: str, default: str) -> Path:
    """An absolute path; a relative one is taken from the project's root."""
    value = text(name, default)
    try:
        return (ROOT / Path(value).expanduser()).resolve()
    except RuntimeError:
        raise ImproperlyConfigured(f"{name} names nobody's home folder: {value!r}.") from None


_MAIL_PORTS = {"smtp": 25, "smtps": 465}


def email(name: str, *, default: str) -> dict[str, Any]:
    """Django's settings for sending mail, from one URL that may hold a password.

    `smtp://user:password@host:587/?starttls=true`, `smtps://…` (TLS from the start),
    `console:` (writes mails to stderr), `file:///folder`, or `none:`.
    """
    parts = _url(name, text(name, default))
    backend = "django.core.mail.backends."
    if parts.scheme == "none":
        return {"EMAIL_BACKEND": f"{backend}dummy.EmailBackend"}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{backend}console.EmailBackend"}
    if parts.scheme == "file" and parts.path:
        return {
            "EMAIL_BACKEND": f"{backend}filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme not in _MAIL_PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be smtp://…, smtps://…, console:, file:///… or none:."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": f"{backend}smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": options.get("starttls", "").lower() in _TRUE,
        "EMAIL_TIMEOUT": 20,
    }


def _url(name: str, value: str) -> SplitResult:
    """The parts of a URL; it may hold a password, so no error shows it."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not a valid URL.") from None
    return parts


def database_url() -> str | None:
    """The Postgres to use, or None: then the embedded one is started."""
    return text("DATABASE_URL", "") or None


def set_database_url(url: str) -> None:
    """Announces the embedded Postgres to the settings and to child processes."""
    os.environ["DATABASE_URL"] = url


def database_parameters() -> dict[str, str]:
    """`DATABASE_URL` as libpq parameters (host, port, user, password, dbname, …)."""
    url = text("DATABASE_URL")
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:  # its text may quote the password
        raise ImproperlyConfigured("DATABASE_URL is not a valid Postgres URL.") from None


def kept_secret(name: str, file: Path) -> str:
    """The variable's value, or a random secret made once and kept in `file` (mode 0600)."""
    value = text(name, "")
    if value:
        return value
    try:
        return secret_files.kept_secret(file, entropy=48)
    except secret_files.SecretFileError as error:
        raise ImproperlyConfigured(str(error)) from error
