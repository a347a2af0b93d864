"""The user (Django's own, with an e-mail that is unique whatever its case), and service tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


class SuperschedulesUserManager(UserManager["User"]):
    """Finds users by what a person types at a sign-in form."""

    def by_login(self, login: str) -> User | None:
        """The user whose e-mail (whatever its case) or username is `login`, if any.

        Should it be the e-mail of one and the username of another, the e-mail counts:
        nobody can stand in for somebody by choosing their e-mail as a username.
        """
        is_email = Exact(Lower("email"), Lower(models.Value(login)))
        return (
            self.alias(is_email=is_email)
            .filter(models.Q(username=login) | models.Q(is_email=True))
            .order_by("-is_email")
            .first()
        )

    def by_email(self, email: str) -> User | None:
        """The user with this address, whatever its case."""
        return (
            self.alias(is_email=Exact(Lower("email"), Lower(models.Value(email))))
            .filter(is_email=True)
            .first()
        )

    def active_by_id(self, user_id: object) -> User | None:
        """The user of an access token, unless gone or inactive; asked with every request.

        As plain SQL: compiling the same for the ORM took four times as long as Postgres to answer.
        """
        if not str(user_id).isdecimal():
            return None
        return next(iter(self.raw(_ACTIVE_BY_ID, [int(str(user_id))])), None)

    def is_active_id(self, user_id: int) -> bool:
        """Whether there is such a user, and active; no more of them is read."""
        with connection.cursor() as cursor:
            cursor.execute(_IS_ACTIVE, [user_id])
            return cursor.fetchone() is not None


_ACTIVE_BY_ID = "SELECT * FROM accounts_user WHERE id = %s AND is_active"
_IS_ACTIVE = "SELECT 1 FROM accounts_user WHERE id = %s AND is_active"


class User(AbstractUser):
    """A person who talks to the assistant.

    `account_mailed_at` is when a code was last mailed: nobody is flooded with them.
    """

    email = models.EmailField("e-mail address")
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    account_mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[SuperschedulesUserManager] = SuperschedulesUserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
        ]


class ServiceToken(models.Model):
    """A key with which a program does what its `scopes` allow, in the name of a user.

    Only the digest of the key is kept; `prefix` is its beginning, to tell keys
    apart. It is dead once it is revoked or expired, or its user is inactive.
    """

    class Scope(models.TextChoices):
        EVENTS_WRITE = "events:write", "write events"
        IMPORTS_WRITE = "imports:write", "import calendars"

    name = models.CharField(max_length=100)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="service_tokens")
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
