"""Workers that are killed, and workers that are told to leave."""

from __future__ import annotations

import random
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from chat_service import sse
from events.models import ChatMessage, Generation
from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import Sent, Service, read_stream, running_service
from tests.streams.conftest import PATIENT
from tests.streams.reading import ended, eventually, messages_of, start, status_of, whole

# Quick leases, so that a crash is noticed soon.
HASTY = {**PATIENT, "WORKER_LEASE_SECONDS": "2"}


@dataclass
class Seen:
    """What a reader saw before its worker was gone."""

    generation: str = ""
    session: int = 0
    text: str = ""
    final: dict[str, object] | None = None


def read_until_gone(client: httpx.Client, message: str, **body: object) -> Seen:
    seen = Seen()
    try:
        with client.stream("POST", "/chat/stream", json={"message": message, **body}) as response:
            for sent in read_stream(response):
                take(seen, sent)
    except httpx.TransportError:
        pass
    return seen


def take(seen: Seen, sent: Sent) -> None:
    chunk = sent.chunk
    seen.generation = chunk.get("generation_id", seen.generation)
    seen.session = chunk.get("session_id", seen.session)
    seen.text += chunk.get("token", "")
    if chunk["model"] == "SYSTEM" and chunk["done"]:
        seen.final = chunk


def kill(service: Service) -> None:
    service.process.send_signal(signal.SIGKILL)
    service.process.wait(10)


@pytest.mark.parametrize("survivor", ["another worker", "the next start"])
def test_killed_workers_answer_is_ended_with_its_text(
    service: Service, second: Service, ann: Person, tmp_path: Path, survivor: str
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["kept ", "text ", "never ", "made"], gate=gate)
    with running_service(tmp_path, service.ollama, **HASTY) as doomed:
        with doomed.client(ann.token) as client:
            generation, session = start(client, "go")
        gate.release(2)
        eventually(lambda: b"text" in whole_so_far(doomed, ann, generation), 10)
        time.sleep(0.3)  # what is older than 250 ms is in the journal
        kill(doomed)
    if survivor == "the next start":
        with (
            running_service(tmp_path, service.ollama, **HASTY) as after,
            after.client(ann.token) as client,
        ):
            assert ended(client, generation) == "interrupted"
    assert ended(ann.client, generation) == "interrupted"
    question, answer = messages_of(ann.client, session)
    assert (question["content"], answer["content"]) == ("go", "kept text ")
    assert answer["status"] == "interrupted"
    frames = sse.split_frames(whole(ann.client, generation))
    last = sse.chunk_of(frames[-1][1])
    assert (last["done"], last["error_code"]) == (True, "server_error")
    assert last["message_id"] == answer["id"]
    # Whoever had read more than was saved still gets the end.
    assert whole(ann.client, generation, after=frames[-2][0] + 50) == frames[-1][1]


def whole_so_far(service: Service, person: Person, generation: str) -> bytes:
    """What a reader gets within a moment."""
    read = b""
    with (
        service.client(person.token) as client,
        client.stream("GET", f"/chat/generations/{generation}/stream", timeout=0.5) as response,
    ):
        try:
            for raw in response.iter_raw():
                read += raw
        except httpx.ReadTimeout:
            pass
    return read


def kill_at(service: Service, person: Person, folder: Path, pause: float, watcher: Service) -> None:
    """Kills a worker at a moment of a turn, then checks everything that must hold."""
    service.ollama.reply = Reply(tokens=[f"{n} " for n in range(40)], delay=0.005)
    seen: list[Seen] = []
    session = person.client.post("/chat/sessions", json={}).json()["id"]
    with (
        running_service(folder, service.ollama, **HASTY) as doomed,
        doomed.client(person.token) as client,
    ):
        reader = threading.Thread(
            target=lambda: seen.append(read_until_gone(client, "go", session_id=session))
        )
        reader.start()
        time.sleep(pause)
        kill(doomed)
        reader.join(20)
    [reading] = seen
    with watcher.client(person.token) as client:
        if reading.generation:  # acknowledged
            assert ended(client, reading.generation) in {"completed", "interrupted"}
            answer = messages_of(client, session)[1]
            rate = 25 * 0.25 * len("10 ") * 9  # characters that 250 ms can bring
            assert len(reading.text) - len(answer["content"]) <= rate
            if reading.final is not None:
                assert answer["content"] == reading.text
                assert answer["status"] == "completed"
                assert answer["id"] == reading.final["message_id"]
        running = Generation.objects.running().filter(session_id=session)
        assert eventually(lambda: not running.exists(), 30)
        roles = [message["role"] for message in messages_of(client, session)]
        assert roles in ([], ["user", "assistant"])


def moments(count: int) -> list[float]:
    dice = random.Random(3)
    return [dice.uniform(0.0, 0.6) for _ in range(count)]


def test_kill_at_any_moment_keeps_what_was_acknowledged(
    service: Service, second: Service, ann: Person, tmp_path: Path
) -> None:
    for pause in (0.05, 0.2):
        kill_at(service, ann, tmp_path, pause, second)


@pytest.mark.slow
def test_two_hundred_kills(service: Service, second: Service, ann: Person, tmp_path: Path) -> None:
    for pause in moments(200):
        kill_at(service, ann, tmp_path, pause, second)


def test_worker_that_was_taken_for_dead_begins_anew(
    service: Service, second: Service, ann: Person, tmp_path: Path
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["before ", "after"], gate=gate)
    with (
        running_service(tmp_path, service.ollama, **HASTY) as sleeper,
        sleeper.client(ann.token) as client,
    ):
        generation, session = start(client, "go")
        gate.release()
        eventually(lambda: b"before" in whole_so_far(sleeper, ann, generation), 10)
        time.sleep(0.3)
        sleeper.process.send_signal(signal.SIGSTOP)
        assert ended(ann.client, generation) == "interrupted"
        sleeper.process.send_signal(signal.SIGCONT)
        assert eventually(lambda: send_again(client, session), 10)
    contents = [message["content"] for message in messages_of(ann.client, session)]
    assert contents[:2] == ["go", "before "]
    assert ChatMessage.objects.filter(generation_id=UUID(generation)).count() == 1


def send_again(client: httpx.Client, session: int) -> bool:
    answer = client.post(
        "/chat", json={"message": "again", "session_id": session, "model_a": "builtin"}
    )
    return answer.status_code == 200


def test_terminated_worker_lets_answers_finish_and_refuses_new_ones(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["last ", "words"], gate=gate)
    with running_service(tmp_path, service.ollama, **PATIENT) as leaving:
        with (
            leaving.client(ann.token) as client,
            leaving.client(ann.token) as late,
            client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
        ):
            events = read_stream(response)
            next(events)
            leaving.process.terminate()
            refused = eventually(lambda: refusal(late))
            assert refused is not None
            assert (refused.json()["code"], refused.headers["Retry-After"]) == ("server_error", "2")
            gate.release(2)
            chunks = [sent.chunk for sent in events]
        assert "".join(chunk.get("token", "") for chunk in chunks) == "last words"
        assert chunks[-1]["message_id"]
        leaving.process.wait(10)
        assert leaving.process.returncode in {0, -signal.SIGTERM}


def refusal(client: httpx.Client) -> httpx.Response | None:
    response = client.post("/chat", json={"message": "too late", "model_a": "builtin"})
    return response if response.status_code == 503 else None


def test_terminated_worker_hands_over_what_does_not_finish(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    gate = Gate(1)
    service.ollama.reply = Reply(tokens=["begun ", "but not ended"], gate=gate)
    with (
        running_service(tmp_path, service.ollama, **PATIENT, DRAIN_SECONDS="4") as leaving,
        leaving.client(ann.token) as client,
        client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
    ):
        raw = response.iter_raw()
        read = next(raw)
        leaving.process.terminate()
        read += b"".join(raw)
        leaving.process.wait(10)
    events, _, parting = read.rpartition(b"event: reconnect\n")
    assert b'"token":"begun "' in events
    assert sse.chunk_of(b"\n" + parting)["model"] == "SYSTEM"
    frames = sse.split_frames(events)
    generation = sse.chunk_of(frames[0][1])["generation_id"]
    assert status_of(ann.client, generation) == "interrupted"
    assert events + whole(ann.client, generation, after=frames[-1][0]) == whole(
        ann.client, generation
    )
