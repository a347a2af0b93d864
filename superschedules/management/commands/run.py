from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from superschedules.preparation import prepare
from superschedules.welcome import welcome


class Command(BaseCommand):
    help = "Prepares everything and serves: database, places, demonstration events, web server."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="no demonstration events, no demo user"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Without this, being told to stop while still preparing would leave
        # the embedded Postgres running.
        signal.signal(signal.SIGTERM, _leave)
        demo = prepare(demo=not options["no_demo"], write=self.stdout.write)
        server = uvicorn.Server(
            uvicorn.Config(
                "superschedules.asgi:application",
                host=settings.HOST,
                port=settings.PORT,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=10,
            )
        )
        self.stdout.write(welcome(demo))
        self.stdout.flush()
        server.run()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
