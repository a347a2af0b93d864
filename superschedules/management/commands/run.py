from __future__ import annotations

import signal
import socket
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import DemoUserTakenError
from core.secret_files import SecretFileError
from rag.service import EmbeddingError
from superschedules.preparation import DemoUser, prepare


class Command(BaseCommand):
    help = "Prepares everything and serves: database, places, demonstration events, web server."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="no demonstration events, no demo user"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A SIGTERM while still preparing must end the embedded Postgres as well.
        signal.signal(signal.SIGTERM, _leave)
        # The port is taken before the work begins, so that a busy one is known at once.
        listening = _listen(settings.HOST, settings.PORT)
        try:
            demo = prepare(demo=not options["no_demo"], write=self.stdout.write)
        except (EmbeddingError, DemoUserTakenError, SecretFileError) as error:
            raise CommandError(str(error)) from error
        server = uvicorn.Server(
            uvicorn.Config(
                "superschedules.asgi:application",
                lifespan="on",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.stdout.write(_welcome(demo))
        self.stdout.flush()
        server.run(sockets=[listening])


def _welcome(demo: DemoUser | None) -> str:
    """The address and, with demonstration data, the login and a curl that streams."""
    address = f"http://{_host()}:{settings.PORT}"
    lines = [
        "",
        f"Superschedules is ready:  {address}",
        f"API documentation:        {address}/api/v1/docs",
    ]
    if demo is not None:
        lines += [
            f"Sign in as:               {demo.username} / {demo.password}",
            "",
            "Try it from another terminal:",
            "",
            f"  curl -sN {address}/api/v1/chat/stream \\",
            '    -H "Authorization: Bearer $(make -s token)" \\',
            "    -H 'Content-Type: application/json' \\",
            """    -d '{"message": "What live music is on near Boston this weekend?"}'""",
        ]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])


def _host() -> str:
    return "localhost" if settings.HOST in {"127.0.0.1", "0.0.0.0", "::"} else settings.HOST  # noqa: S104


def _listen(host: str, port: int) -> socket.socket:
    try:
        [(family, *_), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port with PORT=…"
        ) from error


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
