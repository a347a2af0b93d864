"""Two workers on one database, patient with the scripted model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.fakes.ollama import FakeOllama
from tests.serving import Service, running_service
from tests.streams.own_postgres import model, postgres, token

__all__ = ["model", "postgres", "token"]  # fixtures

PATIENT = {"LLM_FIRST_TOKEN_TIMEOUT": "30", "LLM_BETWEEN_TOKENS_TIMEOUT": "30"}


@pytest.fixture(scope="session")
def running(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Service]:
    """The first worker. Gates may hold its model for as long as a test wants."""
    with django_db_blocker.unblock():
        folder = Path(os.environ["DATA_DIR"])
        with FakeOllama() as ollama, running_service(folder, ollama, **PATIENT) as service:
            yield service


@pytest.fixture(scope="session")
def second(running: Service) -> Iterator[Service]:
    """Another worker with the same Ollama."""
    with running_service(running.log.parent, running.ollama, **PATIENT) as other:
        yield other
