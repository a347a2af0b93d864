"""The ASGI application that uvicorn serves: static files, then Django."""

import os

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from servestatic import ServeStaticASGI

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superschedules.settings")
django.setup()

from rag.service import warm_up  # noqa: E402 (the apps must be ready first)

warm_up()
application = ServeStaticASGI(
    get_asgi_application(), root=settings.STATIC_ROOT, prefix=settings.STATIC_URL
)
