"""The chat app: conversations, answers, and the tools behind them."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class ChatServiceConfig(AppConfig):
    name = "chat_service"

    def ready(self) -> None:
        # Here, since the tools know the models, which are loaded only now.
        from chat_service.tools.checks import check_tools

        register(check_tools, "tools")
