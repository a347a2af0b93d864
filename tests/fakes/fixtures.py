"""Running fakes, each for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.ollama import FakeOllama


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    """A running Ollama with one model and a short default reply."""
    with FakeOllama() as running:
        yield running
