"""Who is found by what is typed at a sign-in form, and e-mails that are unique."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    "login", ["alice", "alice@example.org", "Alice@Example.ORG", "ALICE@EXAMPLE.ORG"]
)
def test_by_login_finds_by_username_or_email(alice: User, bob: User, login: str) -> None:
    assert User.objects.by_login(login) == alice


@pytest.mark.parametrize(
    "login",
    ["Alice", "", "alice@example", "alice@example.org ", "%@example.org", "_lice", "a" * 999],
)
def test_by_login_finds_nobody_by_anything_else(alice: User, bob: User, login: str) -> None:
    assert User.objects.by_login(login) is None


@pytest.mark.parametrize("impostor_first", [True, False])
def test_by_login_prefers_the_owner_of_the_email(db: None, impostor_first: bool) -> None:
    people = [("alice@example.org", "bob@example.org"), ("alice", "alice@example.org")]
    for username, email in people if impostor_first else people[::-1]:
        User.objects.create_user(username, email, PASSWORD)
    found = User.objects.by_login("alice@example.org")
    assert found is not None
    assert found.username == "alice"


def test_by_login_can_be_answered_from_indexes(alice: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        User.objects.by_login("alice@example.org")
    [query] = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # few rows would be read one by one
        cursor.execute("EXPLAIN " + query["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "user_email_unique_ignoring_case" in plan


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@example.org", "Alice@Example.Org"])
def test_email_is_unique_whatever_its_case(alice: User, email: str) -> None:
    with (
        pytest.raises(IntegrityError, match="user_email_unique_ignoring_case"),
        transaction.atomic(),
    ):
        User.objects.create_user("alice2", email, PASSWORD)
    assert User.objects.get() == alice


@pytest.fixture
def racing(committed: None) -> Iterator[list[str]]:
    """The usernames of two who race; their accounts are deleted afterwards."""
    names = ["racer-one", "racer-two"]
    yield names
    User.objects.filter(username__in=names).delete()


def test_email_is_unique_when_two_register_at_once(racing: list[str]) -> None:
    outcomes: list[str] = []
    together = Barrier(2)

    def register(username: str, email: str) -> None:
        together.wait()
        try:
            User.objects.create(username=username, email=email)
        except IntegrityError:
            outcomes.append("refused")
        else:
            outcomes.append("registered")
        finally:
            connections.close_all()

    emails = ["racer@example.org", "RACER@example.org"]
    threads = [Thread(target=register, args=pair) for pair in zip(racing, emails, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "registered"]
    assert User.objects.filter(username__in=racing).count() == 1
