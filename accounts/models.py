"""The user: Django's own, with an e-mail that is unique whatever its case."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower


class SuperschedulesUserManager(UserManager["User"]):
    """Finds users by what a person types at a sign-in form."""

    def by_login(self, login: str) -> User | None:
        """The user whose username or (case-insensitive) e-mail is `login`, if any."""
        return self.filter(models.Q(username=login) | models.Q(email__iexact=login)).first()


class User(AbstractUser):
    """A person who talks to the assistant."""

    email = models.EmailField("e-mail address")

    objects: ClassVar[SuperschedulesUserManager] = SuperschedulesUserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
        ]
