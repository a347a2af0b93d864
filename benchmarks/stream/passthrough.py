"""The bare pass-through: an asynchronous Django view that relays the `ollama` client's stream.

No users, no database, no events, nothing kept: what anybody would write first, and the
least that such a stream costs. Served by uvicorn with uvloop, like the service.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator

import django
import httpx
import ollama
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="none", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=[], MIDDLEWARE=[]
)
django.setup()
# By default, the hundred-and-first stream would wait for another one's end.
_client = ollama.AsyncClient(
    host=os.environ["OLLAMA_HOST"], trust_env=False, limits=httpx.Limits(max_connections=None)
)


async def chat(request: HttpRequest) -> StreamingHttpResponse:
    asked = json.loads(request.body)
    return StreamingHttpResponse(
        _relayed(asked["model"], asked["message"]), content_type="text/event-stream"
    )


async def _relayed(model: str, message: str) -> AsyncIterator[bytes]:
    messages = [{"role": "user", "content": message}]
    async for part in await _client.chat(model, messages=messages, stream=True):
        token = json.dumps({"token": part.message.content, "done": part.done})
        yield f"data: {token}\n\n".encode()


urlpatterns = [path("chat", chat)]
application = get_asgi_application()
