"""The ASGI application that uvicorn serves: lifespan, static files, then Django."""

import os
import sys

import django
from django.conf import settings
from servestatic import ServeStaticASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superschedules.settings")
django.setup()

from chat_service.tools import tool_registry  # noqa: E402
from core.bounded_connection import bound_statements  # noqa: E402 (the apps must be ready first)
from rag.service import warm_up  # noqa: E402
from superschedules.server.handler import Handler  # noqa: E402
from superschedules.server.lifespan import Lifespan  # noqa: E402
from superschedules.server.slow_readers import SlowReaderGuard  # noqa: E402

# Seconds for which a thread may keep the interpreter from the others. With Python's 5 ms, a small
# request waited that long after each of its queries while streams kept the event loop busy.
sys.setswitchinterval(0.0002)

bound_statements(settings.DB_STATEMENT_TIMEOUT)
warm_up()
tool_registry.warm_up()
application = Lifespan(
    SlowReaderGuard(
        ServeStaticASGI(Handler(), root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
    )
)
