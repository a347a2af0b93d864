"""Milliseconds to suggest places, the query and the whole call, beside weighing every name."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.authentication import issue_tokens
from accounts.models import User
from benchmarks.figures import percentile, table
from core.prepared import fetch
from events.places.suggestions import suggest_places, suggestion_query
from events.places.typed_letters import WantedPlace, read_letters
from tests.fakes.ollama import FakeOllama
from tests.serving import API, running_service

LIMIT = 8
ROUNDS = 5
LONGEST = 6
TYPED = ["newton, m", "newton ma", "paris, tx", "s, m", "a, us", "b, us", "s, fr", "x, li", "k, th"]
RARE = ["xq", "zzzz", "ф", "京", "amphoe", "king a"]
NEWTON = 4945283
# Every name that begins so is read and weighed, as `events.places.suggestions` does for few.
EVERY_NAME = """
    SELECT place_id, max((population + 1) * CASE WHEN is_primary THEN 30 ELSE 1 END
        * CASE WHEN key = %(prefix)s THEN 10 ELSE 1 END) AS weight
    FROM events_placename WHERE key LIKE %(pattern)s
    GROUP BY place_id ORDER BY weight DESC, place_id LIMIT %(limit)s
"""
# The names that most names begin with, of each length; a length's commonest are its worst.
COMMONEST = """
    SELECT prefix FROM (
        SELECT left(key, %(length)s) AS prefix FROM events_placename
    ) AS beginning WHERE length(rtrim(prefix)) = %(length)s
    GROUP BY prefix ORDER BY count(*) DESC LIMIT 40
"""


def run() -> None:
    """The forty commonest beginnings of each length, rare ones and narrowed ones."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE events_placename")
    groups = {f"{n} letters, the commonest": _commonest(n) for n in range(1, LONGEST + 1)}
    groups |= {"rare or none": RARE, "narrowed": TYPED}
    rows: list[list[object]] = []
    for name, typed in groups.items():
        ours = _best_of(lambda letters: fetch(*suggestion_query(_wanted(letters), LIMIT)), typed)
        every: list[float] = []
        if name != "narrowed":
            every = _best_of(lambda letters: _run(EVERY_NAME, _parameters(letters)), typed)
        rows.append([name, len(typed), *_figures(ours), *(_figures(every) if every else ("", ""))])
    header = ["typed", "inputs", "query p50 ms", "max ms", "every name p50 ms", "max ms"]
    print(table(header, rows))
    print()
    print(
        table(
            ["what", "inputs", "p50 ms", "max ms"],
            _calls(list(chain.from_iterable(groups.values()))),
        )
    )


def _calls(typed: list[str]) -> list[list[object]]:
    """The function, the view with all around it, and the call over HTTP beside its floor."""
    user = User.objects.create_user(f"benchmark{os.getpid()}", f"b{os.getpid()}@example.org", None)
    token = issue_tokens(user)["access"]
    within = Client(headers={"authorization": f"Bearer {token}", "host": "localhost"})
    try:
        with (
            FakeOllama() as model,
            running_service(Path(settings.DATA_DIR), model) as service,
            service.client(token) as client,
        ):
            acts: dict[str, Callable[[str], object]] = {
                "suggest_places": lambda letters: suggest_places(letters, limit=LIMIT),
                "the view, in this process": lambda letters: within.get(
                    f"{API}/locations/suggest", {"q": letters}
                ),
                "GET /locations/suggest": lambda letters: client.get(
                    "/locations/suggest", params={"q": letters}
                ),
                "GET /locations/{id} (floor)": lambda _: client.get(f"/locations/{NEWTON}"),
            }
            return [
                [name, len(typed), *_figures(_best_of(act, typed))] for name, act in acts.items()
            ]
    finally:
        user.delete()


def _best_of(act: Callable[[str], object], typed: list[str]) -> list[float]:
    """The fastest of a few rounds for each input, so that a busy machine does not count."""
    best = []
    for letters in typed:
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            act(letters)
            took.append((time.perf_counter() - began) * 1000)
        best.append(min(took))
    return best


def _figures(took: list[float]) -> tuple[float, float]:
    return percentile(took, 0.5), max(took)


def _commonest(length: int) -> list[str]:
    return [row[0] for row in _run(COMMONEST, {"length": length})]


def _run(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _wanted(letters: str) -> WantedPlace:
    wanted = read_letters(letters)
    assert wanted is not None
    return wanted


def _parameters(letters: str) -> dict[str, Any]:
    return {"prefix": letters, "pattern": letters + "%", "limit": LIMIT}
