"""The scripted Ollama keeps to the protocol, as its official client reads it."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from ollama import Client, ResponseError

from tests.fakes.ollama import DEFAULT_MODEL, FakeOllama, Reply

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def client(ollama: FakeOllama) -> Iterator[Client]:
    with Client(ollama.address, trust_env=False) as running:
        yield running


def test_root_says_that_it_runs(ollama: FakeOllama) -> None:
    assert httpx.get(ollama.address, trust_env=False).text == "Ollama is running"


def test_whole_answer_has_text_and_counts(client: Client) -> None:
    answer = client.chat(DEFAULT_MODEL, [{"role": "user", "content": "Hi"}])
    assert answer.message.content == "I would go to [1] and [2]."
    assert (answer.done, answer.done_reason, answer.eval_count) == (True, "stop", 7)
    assert None not in (answer.total_duration, answer.load_duration, answer.prompt_eval_duration)


def test_streamed_answer_ends_with_the_counts(client: Client) -> None:
    parts = list(client.chat(DEFAULT_MODEL, [{"role": "user", "content": "Hi"}], stream=True))
    assert [part.message.content for part in parts][:2] == ["I ", "would "]
    assert [part.done for part in parts] == [False] * 7 + [True]
    assert parts[-1].eval_count == 7


def test_lines_come_as_chunked_ndjson(ollama: FakeOllama) -> None:
    body = {"model": DEFAULT_MODEL, "messages": []}
    answer = httpx.post(f"{ollama.address}/api/chat", json=body, trust_env=False)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert len(answer.text.rstrip("\n").split("\n")) == 8


def test_missing_model_is_a_404(client: Client) -> None:
    with pytest.raises(ResponseError) as caught:
        client.chat("mistral", [])
    assert caught.value.status_code == 404
    assert caught.value.error == 'model "mistral" not found, try pulling it first'


def test_pulled_model_is_there(client: Client) -> None:
    progress = list(client.pull("mistral", stream=True))
    assert progress[-1].status == "success"
    assert [model.model for model in client.list().models] == [DEFAULT_MODEL, "mistral:latest"]
    assert client.show("mistral").capabilities == ["completion", "tools"]


def test_vectors_have_unit_length_and_depend_on_the_text(client: Client) -> None:
    first, same, other = client.embed(DEFAULT_MODEL, ["jazz", "jazz", "yoga"]).embeddings
    assert list(first) == list(same) != list(other)
    assert (len(first), round(math.hypot(*first), 9)) == (384, 1.0)


def test_queued_replies_come_before_the_default(ollama: FakeOllama, client: Client) -> None:
    ollama.queue.extend([Reply(("one",)), Reply(status=500, error="out of memory")])
    assert client.chat(DEFAULT_MODEL, []).message.content == "one"
    with pytest.raises(ResponseError, match="out of memory"):
        client.chat(DEFAULT_MODEL, [])
    assert client.chat(DEFAULT_MODEL, []).eval_count == 7


def test_requests_are_recorded(ollama: FakeOllama, client: Client) -> None:
    client.chat(DEFAULT_MODEL, [{"role": "user", "content": "Grüße"}])
    (request,) = ollama.requests
    assert (request.method, request.path) == ("POST", "/api/chat")
    assert request.headers["content-type"] == "application/json"
    assert request.json["messages"] == [{"role": "user", "content": "Grüße"}]
    assert request.ended.wait(1)
    assert request.client_left_at is None


def test_process_of_its_own_prints_its_address_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "tests.fakes.ollama", "--tokens", "3", "--model", "m:1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with Client(address, trust_env=False) as client:
            assert client.chat("m:1", []).eval_count == 3
        process.terminate()
        assert process.wait(5) == 0
