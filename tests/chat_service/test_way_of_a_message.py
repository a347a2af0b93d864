"""How many modules of ours one message crosses, counted by a tracer in the serving process."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import Person

# Recognisers whose words occur, and the acts of a turn, are modules of their own.
MOST_MODULES = 110
ROOT = Path(settings.BASE_DIR)
NOT_OURS = ("tests", ".venv", "benchmarks")


class _Trace:
    """The project's modules in which a function was called while tracing was on."""

    def __init__(self) -> None:
        self.is_on = False
        self.files: set[str] = set()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if self.is_on and event == "call":
            self.files.add(frame.f_code.co_filename)

    def modules(self) -> list[str]:
        inside = (Path(name) for name in self.files if name.startswith(str(ROOT)))
        paths = (path.relative_to(ROOT) for path in inside)
        return sorted(str(path) for path in paths if path.parts[0] not in NOT_OURS)


@contextmanager
def _tracing() -> Iterator[_Trace]:
    trace = _Trace()
    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.fixture
def static_folder() -> None:
    """The folder that `collectstatic` leaves, which the ASGI application asks for."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


async def test_message_crosses_a_bounded_number_of_modules(
    ann: Person, static_folder: None, django_db_blocker: DjangoDbBlocker
) -> None:
    from superschedules.asgi import application

    with django_db_blocker.unblock(), _tracing() as trace:
        transport = httpx.ASGITransport(app=application)
        headers = {"Authorization": f"Bearer {ann.token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost/api/v1", headers=headers, timeout=60
        ) as client:
            for message in ("live music in Boston", "free jazz for kids near Newton this weekend"):
                trace.files.clear()
                trace.is_on = True
                answer = await client.post("/chat", json={"message": message})
                trace.is_on = False
                assert answer.status_code == 200, answer.text
    modules = trace.modules()
    assert len(modules) <= MOST_MODULES, modules
