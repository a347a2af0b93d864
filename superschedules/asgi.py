"""The ASGI application that uvicorn serves: lifespan, static files, then Django."""

import os

import django
from django.conf import settings
from servestatic import ServeStaticASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superschedules.settings")
django.setup()

from rag.service import warm_up  # noqa: E402 (the apps must be ready first)
from superschedules.handler import Handler  # noqa: E402
from superschedules.lifespan import Lifespan  # noqa: E402
from superschedules.slow_readers import SlowReaderGuard  # noqa: E402

warm_up()
application = Lifespan(
    SlowReaderGuard(
        ServeStaticASGI(Handler(), root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
    )
)
