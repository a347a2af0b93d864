"""Workers that are killed, and workers that are told to leave."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from chat_service.streams import sse
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
    """What a reader saw before its worker was gone; `pieces` are texts and when they came."""

    acknowledged: bool = False
    generation: str = ""
    session: int = 0
    pieces: list[tuple[float, str]] = field(default_factory=list)
    final: dict[str, object] | None = None

    def text(self, until: float = float("inf")) -> str:
        """What had come by a moment."""
        return "".join(piece for at, piece in self.pieces if at <= until)


def read_until_gone(client: httpx.Client, message: str, **body: object) -> Seen:
    seen = Seen()
    with (
        suppress(httpx.TransportError),
        client.stream("POST", "/chat/stream", json={"message": message, **body}) as response,
    ):
        seen.acknowledged = response.status_code == 200
        for sent in read_stream(response):
            take(seen, sent)
    return seen


def take(seen: Seen, sent: Sent) -> None:
    chunk = sent.chunk
    seen.generation = chunk.get("generation_id", seen.generation)
    seen.session = chunk.get("session_id", seen.session)
    seen.pieces.append((sent.at, chunk.get("token", "")))
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
    made_by = [answer["metadata"][key] for key in ("model", "provider", "recovered")]
    assert made_by == [service.ollama.models[0], "ollama", True]
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
        suppress(httpx.ReadTimeout),
    ):
        for raw in response.iter_raw():
            read += raw
    return read


# Where kills are aimed at: what they wait for, and how long after that they may come.
AIMS = {
    "while it opens": 0.1,
    "before the model is called": 0.03,
    "between tokens": 0.6,
    "when the answer is saved": 0.002,
}


def reached(aim: str, session: int, model_called: Callable[[], bool]) -> bool:
    """Whether a turn has come as far as a kill waits for."""
    generations = Generation.objects.filter(session_id=session)
    match aim:
        case "before the model is called":
            return generations.exists()
        case "between tokens":
            return model_called()
        case "when the answer is saved":
            return generations.exclude(status="running").exists()
    return True


def kill_at(
    service: Service, person: Person, folder: Path, aim: tuple[str, float], watcher: Service
) -> str:
    """Kills a worker at a moment of a turn, then checks everything that must hold.

    Returns how far the turn had come.
    """
    service.ollama.reply = Reply(tokens=[f"{n} " for n in range(120)], delay=0.005)
    seen: list[Seen] = []
    session = person.client.post("/chat/sessions", json={}).json()["id"]
    called_before = len(service.ollama.chats)
    with (
        running_service(folder, service.ollama, **HASTY) as doomed,
        doomed.client(person.token) as client,
    ):
        reader = threading.Thread(
            target=lambda: seen.append(read_until_gone(client, "go", session_id=session))
        )
        reader.start()
        where, pause = aim
        while not reached(where, session, lambda: len(service.ollama.chats) > called_before):
            time.sleep(0.001)
        time.sleep(pause)
        killed_at = time.monotonic()
        kill(doomed)
        reader.join(20)
    check_survived(watcher, person, session, seen[0], killed_at)
    return how_far(seen[0], session, called=len(service.ollama.chats) > called_before)


def check_survived(
    watcher: Service, person: Person, session: int, seen: Seen, killed_at: float
) -> None:
    running = Generation.objects.running().filter(session_id=session)
    assert eventually(lambda: not running.exists(), 30)
    with watcher.client(person.token) as client:
        messages = messages_of(client, session)
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] or (roles == [] and not seen.acknowledged)
    if seen.generation:
        answer = messages[1]
        # All that was made a quarter of a second before, and perhaps more.
        assert answer["content"].startswith(seen.text(until=killed_at - 0.25))
        assert answer["status"] in {"completed", "interrupted"}
    if seen.final is not None:
        assert (answer["content"], answer["status"]) == (seen.text(), "completed")
        assert answer["id"] == seen.final["message_id"]


def how_far(seen: Seen, session: int, *, called: bool) -> str:
    if seen.final is not None:
        return "told"
    answer = ChatMessage.objects.filter(session_id=session, role="assistant").first()
    if answer is None:
        return "nothing saved"
    if "recovered" not in answer.metadata:
        return "saved, not told"
    if not called:
        return "before the model call"
    return "between tokens" if seen.text() else "before the first token"


def aims(count: int) -> list[tuple[str, float]]:
    """Random moments, each kind as often."""
    dice = random.Random(3)
    return [(where, dice.uniform(0, AIMS[where])) for where in list(AIMS) * (count // len(AIMS))]


def test_kill_at_any_moment_keeps_what_was_acknowledged(
    service: Service, second: Service, ann: Person, tmp_path: Path
) -> None:
    for aim in (("before the model is called", 0.0), ("between tokens", 0.5)):
        kill_at(service, ann, tmp_path, aim, second)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_two_hundred_kills(
    service: Service, second: Service, ann: Person, tmp_path: Path, part: int
) -> None:
    how = Counter(
        kill_at(service, ann, tmp_path, aim, second)
        for aim in aims(200)[20 * part : 20 * (part + 1)]
    )
    sys.stdout.write(f"{dict(how)}\n")
    assert how.total() == 20


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
