"""The demo user: the same password at every start, and nobody else's account."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.demo import DemoUserTakenError, create_demo_user
from accounts.models import User
from core.secret_files import SecretFileError

pytestmark = pytest.mark.django_db


def test_create_demo_user_twice_returns_the_same_credentials(tmp_path: Path) -> None:
    first = create_demo_user(tmp_path / "data")
    assert create_demo_user(tmp_path / "data") == first
    assert User.objects.get(username=first[0]).check_password(first[1])


def test_create_demo_user_keeps_the_password_private(tmp_path: Path) -> None:
    _, password = create_demo_user(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["demo_password"]
    file = tmp_path / "demo_password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() == password


def test_create_demo_user_after_the_file_is_lost_sets_a_new_password(tmp_path: Path) -> None:
    username, old = create_demo_user(tmp_path)
    (tmp_path / "demo_password").unlink()
    _, new = create_demo_user(tmp_path)
    assert new != old
    assert User.objects.get(username=username).check_password(new)


def test_create_demo_user_leaves_a_stranger_alone(tmp_path: Path) -> None:
    stranger = User.objects.create_user("demo", "dana@example.org", "correct horse dana")
    with pytest.raises(DemoUserTakenError):
        create_demo_user(tmp_path)
    stranger.refresh_from_db()
    assert stranger.check_password("correct horse dana")


def test_create_demo_user_leaves_a_stranger_with_its_email_alone(tmp_path: Path) -> None:
    stranger = User.objects.create_user("dana", "Demo@Example.org", "correct horse dana")
    with pytest.raises(DemoUserTakenError, match="'dana'"):
        create_demo_user(tmp_path)
    assert User.objects.get() == stranger


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_create_demo_user_with_an_unusable_file_changes_no_password(
    tmp_path: Path, content: bytes
) -> None:
    username, password = create_demo_user(tmp_path)
    file = tmp_path / "demo_password"
    file.write_bytes(content)
    with pytest.raises(SecretFileError, match=str(file)):
        create_demo_user(tmp_path)
    assert User.objects.get(username=username).check_password(password)


def test_create_demo_user_with_a_folder_as_its_file_fails_clearly(tmp_path: Path) -> None:
    (tmp_path / "demo_password").mkdir()
    with pytest.raises(SecretFileError, match="can be neither read nor made"):
        create_demo_user(tmp_path)
    assert not User.objects.exists()
