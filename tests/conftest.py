"""Fixtures that every test may use: a database with places, people, and a running service."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from accounts.authentication import issue_tokens
from accounts.models import User
from events.models import Generation
from tests.database import make_test_database
from tests.fakes.ollama import FakeOllama, Reply, structured
from tests.serving import Service, running_service

pytest_plugins = ["tests.fakes.fixtures"]

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
PASSWORD = "correct horse battery staple"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The test database of this process, copied from a template that has the place table.

    It replaces the plugin's own, which makes no database when the chosen tests
    use one only through the running service.
    """
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = make_test_database(keep=keep)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            _end_other_sessions()
            teardown_databases(made, verbosity=0)


def _end_other_sessions() -> None:
    """A process that was just killed, or a thread that is over, may still hold one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real calendars; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real calendars are not on this machine")
    return SHARED_DATA


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.org", PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.org", PASSWORD)


@pytest.fixture
def charlie(db: None) -> User:
    """Charlie is staff."""
    return User.objects.create_superuser("charlie", "charlie@example.org", PASSWORD)


@pytest.fixture(scope="session")
def running(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Service]:
    """One service process for all tests that talk HTTP."""
    with django_db_blocker.unblock():
        folder = Path(os.environ["DATA_DIR"])
        with FakeOllama() as ollama, running_service(folder, ollama) as service:
            yield service


@pytest.fixture
def service(running: Service) -> Service:
    """The running service, its Ollama answering as by default."""
    running.ollama.reply = Reply()
    running.ollama.reading = structured({})
    running.ollama.without_tools.clear()
    running.ollama.queue.clear()
    running.ollama.requests.clear()
    return running


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in at the running service."""

    user: User
    token: str
    client: httpx.Client

    @property
    def password(self) -> str:
        return PASSWORD


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)  # slow on purpose, so made once


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Database access whose writes the service sees. Whoever writes, deletes."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def person(service: Service, committed: None) -> Iterator[Callable[[], Person]]:
    """Makes people: each call gives a new one, with a client that is signed in."""
    made: list[Person] = []

    def make() -> Person:
        name = f"person{next(_numbers)}"
        user = User.objects.create(
            username=name, email=f"{name}@example.org", password=_password_hash()
        )
        token = issue_tokens(user)["access"]
        made.append(Person(user, token, service.client(token)))
        return made[-1]

    yield make
    for one in made:
        one.client.close()
        _end_answers(one.user)
        User.objects.filter(pk=one.user.pk).delete()


def _end_answers(user: User) -> None:
    """Nobody may write into what is deleted next."""
    running = Generation.objects.running().filter(user_id=user.pk)
    deadline = time.monotonic() + 10
    while running.update(stop_requested=True) and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def ann(person: Callable[[], Person]) -> Person:
    return person()


@pytest.fixture
def ben(person: Callable[[], Person]) -> Person:
    return person()
