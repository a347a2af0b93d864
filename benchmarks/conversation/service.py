"""The service under judgement: a database that is kept, a process, and a client over HTTP."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from benchmarks.conversation.answers import Answer, read_answer, read_event
from benchmarks.conversation.judges.ranking import CalendarEvent
from benchmarks.conversation.judges.reading import is_place
from benchmarks.stream.servers import free_port, running_process
from superschedules import embedded_postgres

CALENDARS = (
    *("asheville.ics", "davis.ics", "lancaster.ics", "montclair.ics", "santarosa.ics"),
    "conferences.jsonld",
)
ROOT = Path(__file__).resolve().parents[2]
# Before the first event of the calendars.
_BEGINNING = "2026-11-01T00:00:00+00:00"
_MARK = "calendars-imported"
_PAGE = 100
# Nobody listens on the discard port, so the built-in answerer answers.
_NO_MODEL = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Home:
    """Where the service's code, its kept data and the calendars are."""

    project: Path
    keep: Path
    data: Path

    @property
    def python(self) -> str:
        """The project's own interpreter, else this one."""
        own = self.project / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable


@contextmanager
def kept_database(home: Home) -> Iterator[str]:
    """Yields the URL of the database with the calendars, which are imported the first time."""
    mark = home.keep / _MARK
    done = mark.read_text().split() if mark.exists() else []
    missing = [name for name in CALENDARS if name not in done]
    if absent := [name for name in missing if not (home.data / name).exists()]:
        sys.exit(
            f"{', '.join(absent)} not found in {home.data}: give the folder of the calendars with"
            " --data or CALENDARS."
        )
    with embedded_postgres.running(home.keep) as url:
        _manage(home, url, "migrate", "--verbosity=0")
        if missing:
            _manage(home, url, "load_places")
        for name in missing:
            source = name.partition(".")[0]
            _manage(home, url, "import_events", str(home.data / name), f"--source={source}")
            with mark.open("a") as file:
                file.write(f"{name}\n")
        yield url


def _manage(home: Home, url: str, *command: str) -> None:
    subprocess.run(
        [home.python, str(home.project / "manage.py"), *command],
        env={**os.environ, **_environment(home, url)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _environment(home: Home, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "DATA_DIR": str(home.keep / "service"),
        "MODEL_CACHE_DIR": os.environ.get("MODEL_CACHE_DIR", str(home.keep / "models")),
        "DJANGO_SETTINGS_MODULE": "superschedules.settings",
        "OLLAMA_HOST": _NO_MODEL,
        "ACCESS_TOKEN_MINUTES": "1440",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running_service(home: Home, url: str) -> Iterator[str]:
    """Starts one worker on the kept database and yields its address."""
    port = free_port()
    command = [
        home.python, "-m", "uvicorn", "superschedules.asgi:application", "--host", "127.0.0.1",
        "--app-dir", str(home.project), "--port", str(port), "--no-access-log",
        "--log-level", "warning", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    log = home.keep / "service.log"
    with running_process(command, port, log, _environment(home, url), seconds=180) as server:
        yield server.address


class Client:
    """Asks the service as any client does, over `/api/v1`."""

    def __init__(self, url: str, token: str = "") -> None:
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1", timeout=120, trust_env=False
        )
        self._http.headers["Authorization"] = f"Bearer {token or self._sign_up()}"
        self.place = cache(self._place)

    def _sign_up(self) -> str:
        password = secrets.token_urlsafe(18)
        email = f"judge-{secrets.token_hex(6)}@example.org"
        account = {"email": email, "username": email.partition("@")[0], "password": password}
        self._http.post("/users", json=account).raise_for_status()
        tokens = self._http.post("/token", json={"username": email, "password": password})
        return str(tokens.raise_for_status().json()["access"])

    def ask(
        self, text: str, context: Mapping[str, Any], session: int | None
    ) -> tuple[Answer, int | None]:
        """The answer to one message and its session; a refusal is an answer with its error."""
        body = {"message": text, "context": context, "session_id": session}
        response = self._http.post("/chat", json=body)
        if response.status_code != httpx.codes.OK:
            error = f"{response.status_code} {response.text[:200]}"
            return Answer(content="", error=error), session
        found = response.json()
        return read_answer(found), found["session_id"]

    def events(self) -> list[CalendarEvent]:
        """All events that the service knows, past and cancelled ones as far as it tells them."""
        found: list[CalendarEvent] = []
        address: str | None = "/events"
        parameters: Mapping[str, str | int] | None = {
            "from": _BEGINNING,
            "limit": _PAGE,
            "status": "any",
        }
        while address:
            response = self._http.get(address, params=parameters).raise_for_status()
            found += map(_calendar_event, response.json())
            address = response.links.get("next", {}).get("url")
            parameters = None
        return found

    def event(self, number: int) -> CalendarEvent | None:
        """One event by its id."""
        response = self._http.get(f"/events/{number}")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        return _calendar_event(response.raise_for_status().json())

    def _place(self, name: str) -> Mapping[str, Any] | None:
        """The known place that a label such as "Lititz, PA" names."""
        response = self._http.get("/locations/suggest", params={"q": name})
        found: list[Mapping[str, Any]] = response.raise_for_status().json()
        return next((each for each in found if is_place(name, each["label"])), None)


def _calendar_event(summary: Mapping[str, Any]) -> CalendarEvent:
    venue = summary.get("venue") or {}
    latitude, longitude = venue.get("latitude"), venue.get("longitude")
    return CalendarEvent(
        event=read_event(summary),
        point=None if latitude is None or longitude is None else (latitude, longitude),
        mode=summary.get("event_attendance_mode") or "offline",
        min_price=summary.get("min_price"),
    )
