"""The user with whom a fresh installation can be tried at once."""

from __future__ import annotations

from pathlib import Path

from accounts.models import User
from core.secret_files import kept_secret

DEMO_USERNAME = "demo"
DEMO_EMAIL = "demo@example.org"


class DemoUserTakenError(Exception):
    """Somebody else registered the name or the e-mail of the demo: their account is left alone."""


def create_demo_user(data_dir: Path) -> tuple[str, str]:
    """Makes sure that the demo user exists; returns (username, password).

    The password is random, made once, and kept in `data_dir`/demo_password
    (mode 0600). A file that was deleted gives the user a new password.

    Raises:
        DemoUserTakenError: the demo's name and e-mail are not one user's.
        SecretFileError: the password's file is empty or cannot be read.
    """
    password = kept_secret(data_dir / "demo_password", entropy=12)
    user = _demo_user()
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return DEMO_USERNAME, password


def _demo_user() -> User:
    if stranger := User.objects.filter(email__iexact=DEMO_EMAIL).exclude(username=DEMO_USERNAME):
        raise DemoUserTakenError(f"{DEMO_EMAIL} belongs to {stranger[0].username!r}.")
    user, _ = User.objects.get_or_create(username=DEMO_USERNAME, defaults={"email": DEMO_EMAIL})
    if user.email != DEMO_EMAIL:
        raise DemoUserTakenError(f"The name {DEMO_USERNAME!r} belongs to somebody else.")
    return user
