"""What `make run` prints when it is ready: where to go, who to be, what to try."""

from __future__ import annotations

from django.conf import settings

from superschedules.preparation import DemoUser


def welcome(demo: DemoUser | None) -> str:
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
