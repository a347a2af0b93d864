"""Which backend the settings choose, and what is said of a bad choice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from rag.embedding import EmbeddingError, check_dimensions, embed_query, get_backend
from rag.embedding.ollama_backend import OllamaEmbedding
from rag.embedding.registry import is_known
from tests.fakes.http_server import LoopbackServer, Request, Response


@pytest.fixture
def two_dimensional() -> Iterator[str]:
    """The address of an Ollama whose vectors have two dimensions."""

    async def answer(request: Request, response: Response) -> None:
        rows = [[1.0, 0.0] for _ in request.json["input"]]
        await response.send_json(200, {"embeddings": rows})

    with LoopbackServer(answer) as server:
        yield server.address


def retrieval_problems() -> list[str | None]:
    return [problem.id for problem in run_checks(tags=["retrieval"])]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("onnx-minilm", True),
        ("onnx-minilm:all-MiniLM-L6-v2", True),
        ("onnx-minilm:other", False),
        ("ollama:all-minilm", True),
        ("ollama:library/bge:33m", True),
        ("ollama:", False),
        ("ollama: ", False),
        ("ollama", False),
        ("openai:ada", False),
        ("", False),
    ],
)
def test_is_known_tells_the_names_that_can_be_set(name: str, known: bool) -> None:
    assert is_known(name) is known


def test_get_backend_makes_one_for_all_threads(settings: Settings) -> None:
    # Another number of threads makes these options new to the process.
    settings.EMBEDDING_BACKEND, settings.EMBEDDING_THREADS = "onnx-minilm", 1
    start = threading.Barrier(4)

    def ask(_: int) -> int:
        start.wait()
        return id(get_backend())

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {id(get_backend())}


def test_embed_query_gives_the_backends_vector(settings: Settings) -> None:
    settings.EMBEDDING_BACKEND = "onnx-minilm"
    vector = embed_query("jazz in the park")
    assert vector.shape == (384,)
    assert np.array_equal(vector, get_backend().embed(["jazz in the park"])[0])
    assert embed_query("jazz in the park") is vector


def test_unknown_backend_fails_with_a_hint(settings: Settings) -> None:
    settings.EMBEDDING_BACKEND = "word2vec"
    with pytest.raises(ImproperlyConfigured, match=r"'word2vec'.*Set EMBEDDING_BACKEND to"):
        get_backend()


def test_system_check_accepts_the_default(settings: Settings) -> None:
    settings.EMBEDDING_BACKEND = "onnx-minilm"
    assert retrieval_problems() == []


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("word2vec", ["rag.E001"]),
        ("ollama:" + "m" * 94, ["rag.E002"]),
        ("ollama:" + "m" * 93, []),
    ],
)
def test_system_check_reports_a_bad_name(
    settings: Settings, name: str, problems: list[str]
) -> None:
    settings.EMBEDDING_BACKEND = name
    assert retrieval_problems() == problems


def test_check_dimensions_accepts_the_built_in_model(settings: Settings) -> None:
    settings.EMBEDDING_BACKEND = "onnx-minilm"
    check_dimensions()
    assert get_backend().dimensions == 384


def test_check_dimensions_refuses_vectors_that_do_not_fit(
    settings: Settings, two_dimensional: str
) -> None:
    settings.EMBEDDING_BACKEND, settings.OLLAMA_HOST = "ollama:tiny", two_dimensional
    with pytest.raises(ImproperlyConfigured, match=r"have 2 dimensions.*holds 384.*EMBEDDING_BACK"):
        check_dimensions()
    refused = get_backend()
    assert isinstance(refused, OllamaEmbedding)
    with refused:
        assert refused.dimensions == 2


def test_check_dimensions_tells_when_the_server_cannot_be_asked(settings: Settings) -> None:
    settings.EMBEDDING_BACKEND, settings.OLLAMA_HOST = "ollama:tiny", "http://127.0.0.1:9"
    with pytest.raises(EmbeddingError, match="could not be reached"):
        check_dimensions()
