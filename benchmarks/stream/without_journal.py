"""The service with a journal that is never flushed: what an answer's end writes is all there is.

Only to see what the journal's own writing costs; nothing survives a crash here.
"""

from __future__ import annotations

import django

django.setup()  # the settings' module is in the environment

from chat_service.streams.journal import writer  # noqa: E402 (it reads the settings)

writer.FLUSH_SECONDS = 1e9

from superschedules.asgi import application  # noqa: E402 (it starts the journal)

__all__ = ["application"]
