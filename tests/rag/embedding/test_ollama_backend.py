"""The Ollama backend over real HTTP, against good answers and all kinds of bad ones."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from rag.embedding.base import EmbeddingBackend, EmbeddingError
from rag.embedding.ollama_backend import OllamaEmbedding
from tests.fakes.http_server import LoopbackServer, Request, Response
from tests.fakes.ollama import FakeOllama

MODEL = "all-minilm"


def embedding(host: str, *, model: str = MODEL, answer_timeout: float = 5) -> OllamaEmbedding:
    return OllamaEmbedding(model, host=host, connect_timeout=2, answer_timeout=answer_timeout)


@contextmanager
def answering(content: object, *, status: int = 200) -> Iterator[str]:
    """The address of a server that answers everything with this JSON (or plain text)."""

    async def answer(_: Request, response: Response) -> None:
        if isinstance(content, str):
            await response.send_text(status, content)
        else:
            await response.send_json(status, content)

    with LoopbackServer(answer) as server:
        yield server.address


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(models=[MODEL]) as running:
        yield running


def test_texts_get_unit_vectors_in_their_order(ollama: FakeOllama) -> None:
    with embedding(ollama.address) as backend:
        texts = [f"event {number}" for number in range(70)]
        vectors = backend.embed(texts)
        singles = np.concatenate([backend.embed([text]) for text in (texts[0], texts[33])])
    assert (vectors.shape, vectors.dtype) == ((70, 384), np.dtype(np.float32))
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6
    assert np.array_equal(vectors[[0, 33]], singles)


def test_texts_are_sent_in_bounded_batches(ollama: FakeOllama) -> None:
    with embedding(ollama.address) as backend:
        backend.embed(["jazz"] * 70)
    sizes = [len(request.json["input"]) for request in ollama.requests]
    assert sizes == [1, 32, 32, 6]


def test_dimensions_are_asked_once(ollama: FakeOllama) -> None:
    with embedding(ollama.address) as backend:
        assert [backend.dimensions, backend.dimensions] == [384, 384]
        assert backend.embed([]).shape == (0, 384)
    assert len(ollama.requests) == 1


def test_half_a_surrogate_pair_is_sent_as_a_question_mark(ollama: FakeOllama) -> None:
    with embedding(ollama.address) as backend:
        backend.embed(["\ud83d jazz"])
    assert ollama.requests[-1].json["input"] == ["? jazz"]


def test_long_vectors_are_made_unit_length() -> None:
    with answering({"embeddings": [[3, 4]]}) as host, embedding(host) as backend:
        assert backend.embed(["jazz"]).tolist() == [pytest.approx([0.6, 0.8])]


def test_backend_is_named_after_its_model(ollama: FakeOllama) -> None:
    with embedding(ollama.address, model="bge:33m") as made:
        backend: EmbeddingBackend = made
        assert backend.name == "ollama:bge:33m"


def test_missing_model_is_an_embedding_error(ollama: FakeOllama) -> None:
    with (
        embedding(ollama.address, model="other") as backend,
        pytest.raises(EmbeddingError, match=r"refused to embed with other \(status 404\)"),
    ):
        backend.embed(["jazz"])


@pytest.mark.parametrize(
    "answer",
    [
        {"embeddings": []},
        {"embeddings": [[1, 2], [3, 4]]},
        {"embeddings": [[]]},
        {"embeddings": [[0, 0]]},
        {"embeddings": [[float("nan"), 1]]},
        {"embeddings": "none"},
        {"other": 1},
        ["a list"],
        "not JSON",
    ],
    ids=str,
)
def test_senseless_answer_is_an_embedding_error(answer: object) -> None:
    with (
        answering(answer) as host,
        embedding(host) as backend,
        pytest.raises(EmbeddingError),
    ):
        backend.embed(["jazz"])


def test_rows_of_different_length_are_an_embedding_error() -> None:
    async def answer(request: Request, response: Response) -> None:
        rows = [[1.0] * (number + 2) for number in range(len(request.json["input"]))]
        await response.send_json(200, {"embeddings": rows})

    with (
        LoopbackServer(answer) as server,
        embedding(server.address) as backend,
        pytest.raises(EmbeddingError, match="unequal vectors"),
    ):
        backend.embed(["jazz", "yoga"])


def test_vectors_of_another_length_than_before_are_an_embedding_error() -> None:
    lengths = iter((2, 3))

    async def answer(_: Request, response: Response) -> None:
        await response.send_json(200, {"embeddings": [[1.0] * next(lengths)]})

    with LoopbackServer(answer) as server, embedding(server.address) as backend:
        assert backend.dimensions == 2
        with pytest.raises(EmbeddingError, match="changed their length"):
            backend.embed(["jazz"])


def test_error_never_repeats_the_servers_words() -> None:
    with (
        answering({"error": "secret path"}, status=500) as host,
        embedding(host) as backend,
        pytest.raises(EmbeddingError) as caught,
    ):
        backend.embed(["jazz"])
    assert str(caught.value) == "Ollama refused to embed with all-minilm (status 500)."


def test_silent_server_is_an_embedding_error() -> None:
    async def hang(_: Request, __: Response) -> None:
        await asyncio.Event().wait()

    with (
        LoopbackServer(hang) as server,
        embedding(server.address, answer_timeout=0.2) as backend,
        pytest.raises(EmbeddingError, match="took too long"),
    ):
        backend.embed(["jazz"])


@pytest.mark.parametrize("reset", [False, True])
def test_broken_connection_is_an_embedding_error(reset: bool) -> None:
    async def break_off(_: Request, response: Response) -> None:
        response.break_off(reset=reset)

    with (
        LoopbackServer(break_off) as server,
        embedding(server.address) as backend,
        pytest.raises(EmbeddingError, match="could not be reached"),
    ):
        backend.embed(["jazz"])


def test_absent_server_is_an_embedding_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            embedding(host) as backend,
            pytest.raises(EmbeddingError, match="could not be reached"),
        ):
            backend.embed(["jazz"])
