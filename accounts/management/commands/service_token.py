from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import ServiceToken, User
from accounts.service_tokens import issue_service_token, revoke_service_token


class Command(BaseCommand):
    help = "Makes a service token and prints its key, once; or revokes one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the token is for; with --revoke, its prefix")
        parser.add_argument("--user", help="username or e-mail of whom it acts for")
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            choices=ServiceToken.Scope.values,
            help="may be given several times; default: all of them",
        )
        parser.add_argument("--days", type=int, help="how long it is good; default: until revoked")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["revoke"]:
            self.revoke(options["name"])
            return
        if not options["user"]:
            raise CommandError("Name the user that the token acts for, with --user.")
        user = User.objects.by_login(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}; make one in the admin first.")
        days = options["days"]
        if days is not None and not 1 <= days <= 36_500:
            raise CommandError("--days must be between 1 and 36,500.")
        _, key = issue_service_token(
            user=user,
            name=options["name"][:100],
            scopes=options["scopes"] or ServiceToken.Scope.values,
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        self.stdout.write(key)

    def revoke(self, prefix: str) -> None:
        """Revokes the one token whose key begins so."""
        tokens = list(ServiceToken.objects.filter(prefix=prefix[:12], revoked_at__isnull=True))
        if len(tokens) != 1 or len(prefix) < 12:
            raise CommandError(f"{prefix} is not the prefix (12 characters) of one good token.")
        revoke_service_token(tokens[0])
        self.stdout.write(f"{tokens[0]} is revoked.")
