"""Fixtures that every test may use: a database with places, and three people."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from events.places import load_places

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The usual test database, with the place table loaded once for the whole run."""
    with django_db_blocker.unblock():
        load_places()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real calendars; tests that need it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real calendars are not on this machine")
    return SHARED_DATA


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.org", "correct horse alice")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.org", "correct horse bob")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user(
        "charlie", "charlie@example.org", "correct horse charlie", is_staff=True, is_superuser=True
    )
