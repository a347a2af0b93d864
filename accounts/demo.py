"""The user with whom a fresh installation can be tried at once."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from accounts.models import User

DEMO_USERNAME = "demo"
DEMO_EMAIL = "demo@example.org"


class DemoUserTakenError(Exception):
    """Somebody else registered the name "demo": their account is left alone."""


def create_demo_user(data_dir: Path) -> tuple[str, str]:
    """Makes sure that the demo user exists; returns (username, password).

    The password is random, made once, and kept in `data_dir`/demo_password
    (mode 0600). A file that was deleted gives the user a new password.

    Raises:
        DemoUserTakenError: the user "demo" has another e-mail than the demo's.
    """
    password = _kept_password(data_dir / "demo_password")
    user, _ = User.objects.get_or_create(username=DEMO_USERNAME, defaults={"email": DEMO_EMAIL})
    if user.email != DEMO_EMAIL:
        raise DemoUserTakenError(f"The name {DEMO_USERNAME!r} belongs to somebody else.")
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return DEMO_USERNAME, password


def _kept_password(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(12))
    return file.read_text().strip()


def _write_once(file: Path, text: str) -> None:
    """Writes a private file whole or, when another process was faster, not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent)  # mkstemp makes it 0600
    draft = Path(name)
    try:
        with open(handle, "w") as out:
            out.write(text + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()
