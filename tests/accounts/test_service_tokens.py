from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ServiceToken, User
from accounts.service_tokens import user_of_service_key
from core.errors import Forbidden, TokenInvalid

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("service_token", *arguments, stdout=out, skip_checks=True)
    return out.getvalue().strip()


def test_service_token_command_makes_a_key_that_is_stored_nowhere(alice: User) -> None:
    key = run("library", "--user", "alice@example.org", "--scope", "events:write", "--days", "2")
    assert key.startswith("sst_")
    assert user_of_service_key(key, "events:write") == alice
    with pytest.raises(Forbidden):
        user_of_service_key(key, "imports:write")
    token = ServiceToken.objects.get()
    assert token.expires_at is not None
    assert timedelta(days=1) < token.expires_at - timezone.now() < timedelta(days=2)
    assert key not in str(ServiceToken.objects.values().get())


def test_service_token_command_revokes(alice: User) -> None:
    key = run("library", "--user", "alice")
    run(key[:12], "--revoke")
    with pytest.raises(TokenInvalid):
        user_of_service_key(key)
    with pytest.raises(CommandError):
        run(key[:12], "--revoke")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--user", "nobody"), "There is no user nobody; make one in the admin first."),
        (("x",), "Name the user that the token acts for, with --user."),
        (("x", "--user", "alice", "--days", "0"), "--days must be between 1 and 36,500."),
    ],
)
def test_service_token_command_refuses(alice: User, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert str(refused.value) == said
    assert not ServiceToken.objects.exists()
