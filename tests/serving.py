"""The service as its clients meet it: a uvicorn process of its own, over HTTP.

The process works on the test run's database, so what a test makes for it is
committed, and deleted again when the test ends.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.db import connection

from tests.fakes.ollama import FakeOllama

API = "/api/v1"


@dataclass(frozen=True)
class Service:
    """A running service and the scripted Ollama behind it."""

    address: str
    ollama: FakeOllama
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, token: str | None = None) -> httpx.Client:
        """A client of the API, signed in when given an access token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(
            base_url=self.address + API, headers=headers, timeout=30, trust_env=False
        )


@contextmanager
def running_service(folder: Path, ollama: FakeOllama, **environment: str) -> Iterator[Service]:
    """Starts the service on a free port and stops it, by its own process id, at the end."""
    port = _free_port()
    log = folder / f"service-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "superschedules.asgi:application",
                "--host", "127.0.0.1", "--port", str(port), "--lifespan", "on",
                "--timeout-graceful-shutdown", "1",
            ],
            env={**os.environ, **_environment(ollama), **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    service = Service(f"http://127.0.0.1:{port}", ollama, process, log)
    try:
        _wait_until_live(service)
        yield service
    finally:
        process.terminate()
        process.wait(10)


def _environment(ollama: FakeOllama) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url(),
        "LOG_LEVEL": "INFO",
        "OLLAMA_HOST": ollama.address,
        "LLM_CONNECT_TIMEOUT": "1",
        "LLM_FIRST_TOKEN_TIMEOUT": "1.5",
        "LLM_BETWEEN_TOKENS_TIMEOUT": "1",
        # A test that lets the model fail must not leave the next one without it.
        "LLM_RETRY_AFTER": "0",
        "TIME_ZONE": "America/New_York",
    }


def database_url() -> str:
    """The test database, as another process names it."""
    given = connection.settings_dict
    parts = {key: given[key.upper()] for key in ("user", "password", "host", "port")}
    query = httpx.QueryParams({key: value for key, value in parts.items() if value})
    return f"postgresql:///{given['NAME']}?{query}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_live(service: Service) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            break
        try:
            if httpx.get(f"{service.address}{API}/live", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{service.log.read_text()}")


@dataclass(frozen=True)
class Sent:
    """One server-sent event: its id, its chunk, and when it arrived (monotonic seconds)."""

    id: str
    chunk: dict[str, Any]
    at: float


def read_stream(response: httpx.Response) -> Iterator[Sent]:
    """The events of a stream, as they come; comments are skipped."""
    event_id = ""
    for line in response.iter_lines():
        if line.startswith("id: "):
            event_id = line.removeprefix("id: ")
        elif line.startswith("data: "):
            yield Sent(event_id, json.loads(line.removeprefix("data: ")), time.monotonic())


def stream_turn(client: httpx.Client, message: str, **body: Any) -> list[Sent]:
    """Sends a message and reads the whole answer."""
    with client.stream("POST", "/chat/stream", json={"message": message, **body}) as response:
        assert response.status_code == 200, response.read()
        return list(read_stream(response))


def text_of(events: list[Sent]) -> str:
    """The answer that a stream wrote."""
    return "".join(sent.chunk.get("token", "") for sent in events if sent.chunk["model"] == "A")
