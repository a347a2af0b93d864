from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from accounts.authentication import issue_tokens
from accounts.demo import DEMO_USERNAME
from accounts.models import User


class Command(BaseCommand):
    help = "Prints an access token of a user (default: the demo user)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default=DEMO_USERNAME, help="username or e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.by_login(options["user"])
        except ProgrammingError as error:
            raise CommandError("The database has no tables yet; 'make run' makes them.") from error
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}. 'make run' makes 'demo'.")
        self.stdout.write(issue_tokens(user)["access"])
