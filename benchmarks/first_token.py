"""Time to the first chunk and to the first token, over a direct call to the same Ollama."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import ollama
from django.conf import settings

from accounts.authentication import issue_tokens
from accounts.models import User
from benchmarks.figures import percentile, table
from events.demo.generate import generate_events
from events.ingestion.store import store_events
from events.models import Event
from rag.embedding import get_backend
from tests.fakes.ollama import FakeOllama, Reply
from tests.serving import API, running_service

TURNS = 60
TOKENS = [f"word{n} " for n in range(20)]
SOURCE = "benchmark of the first token"
MESSAGE = "live jazz near Newton, MA in the next two weeks"


def run() -> None:
    """One client and then ten at once, over a calendar that has what they ask for."""
    store_events(SOURCE, list(generate_events(datetime.now(UTC))), embedder=get_backend())
    user = User.objects.create_user(f"benchmark{os.getpid()}", f"b{os.getpid()}@example.org", None)
    token = issue_tokens(user)["access"]
    try:
        with FakeOllama() as model:
            model.reply = Reply(tokens=TOKENS, first_delay=0.02, delay=0.01)
            with running_service(Path(settings.DATA_DIR), model) as service:
                rows = [
                    row
                    for streams in (1, 10)
                    for row in asyncio.run(_compare(service.address, model.address, token, streams))
                ]
    finally:
        user.delete()
        Event.objects.filter(source=SOURCE).delete()
    print(table(["streams", "what", "p50 ms", "p95 ms", "over direct, p50 ms"], rows))


async def _compare(address: str, model: str, token: str, streams: int) -> list[list[object]]:
    direct_client = ollama.AsyncClient(host=model, trust_env=False)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=address + API, headers=headers, timeout=30, trust_env=False
    ) as client:
        for _ in range(3):
            await _through_service(client)
        direct: list[float] = []
        chunks: list[float] = []
        tokens: list[float] = []
        for _ in range(TURNS // streams):
            direct += await asyncio.gather(*(_direct(direct_client) for _ in range(streams)))
            for first_chunk, first_token in await asyncio.gather(
                *(_through_service(client) for _ in range(streams))
            ):
                chunks.append(first_chunk)
                tokens.append(first_token)
    base = percentile(direct, 0.5)
    rows: list[list[object]] = []
    for name, took in (("direct", direct), ("first chunk", chunks), ("first token", tokens)):
        over = percentile(took, 0.5) - base if took is tokens else ""
        rows.append([streams, name, percentile(took, 0.5), percentile(took, 0.95), over])
    return rows


async def _direct(client: ollama.AsyncClient) -> float:
    began = time.perf_counter()
    first = 0.0
    messages = [{"role": "user", "content": MESSAGE}]
    async for _ in await client.chat(model="llama3.2:3b", messages=messages, stream=True):
        first = first or (time.perf_counter() - began) * 1000
    return first


async def _through_service(client: httpx.AsyncClient) -> tuple[float, float]:
    began = time.perf_counter()
    first_chunk = first_token = 0.0
    async with client.stream("POST", "/chat/stream", json={"message": MESSAGE}) as response:
        async for line in response.aiter_lines():
            if not line.startswith("data: "):
                continue
            now = (time.perf_counter() - began) * 1000
            first_chunk = first_chunk or now
            if not first_token and '"token"' in line:
                first_token = now
    return first_chunk, first_token
