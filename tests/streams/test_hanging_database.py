"""Postgres hangs: it refuses nothing and answers nothing. Tokens flow, requests are refused."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.fakes.ollama import FakeOllama, Gate, Reply
from tests.fakes.tcp_proxy import TcpProxy
from tests.serving import Sent, Service, read_stream, running_service
from tests.streams.conftest import PATIENT
from tests.streams.own_postgres import Postgres
from tests.streams.reading import ended, eventually, messages_of, start, status_of, whole

# A statement is given up after 1.5 + 1 s, a place in the pool and a connection after 2.
HASTY = {
    **PATIENT,
    "DB_STATEMENT_TIMEOUT": "1.5",
    "DB_POOL_TIMEOUT": "2",
    "DB_CONNECT_TIMEOUT": "2",
    "FINAL_COMMIT_SECONDS": "40",
}
WORDS = [f"{n} " for n in range(9)]


class Line:
    """A way to the database that can hang."""

    def __init__(self, url: str, hang: Callable[[], None], go_on: Callable[[], None]) -> None:
        self.url, self.hang, self.go_on = url, hang, go_on


@contextmanager
def frozen_server(postgres: Postgres) -> Iterator[Line]:
    try:
        yield Line(postgres.url, postgres.freeze, postgres.thaw)
    finally:
        postgres.thaw()


@contextmanager
def silent_network(postgres: Postgres) -> Iterator[Line]:
    with TcpProxy(postgres.socket) as proxy:
        url = f"postgresql://postgres@127.0.0.1:{proxy.port}/superschedules"
        yield Line(url, proxy.hang, proxy.go_on)


# The two look the same from here; each waits for real timeouts, so one is enough every time.
@pytest.fixture(params=[pytest.param(frozen_server, marks=pytest.mark.slow), silent_network])
def line(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[Line]:
    with request.param(postgres) as made:
        yield made


def refused_within(client: httpx.Client, seconds: float) -> None:
    """Every kind of request is refused, many at once, and none of them hangs."""
    calls: list[tuple[str, str, dict[str, object] | None]] = [
        ("POST", "/chat/stream", {"message": "hi"}),
        ("POST", "/chat", {"message": "hi"}),
        ("GET", "/chat/sessions", None),
        ("GET", "/events", None),
    ]
    with ThreadPoolExecutor(24) as threads:
        asked = [
            threads.submit(client.request, method, path, json=body, timeout=seconds)
            for method, path, body in calls * 6
        ]
        answers = [each.result() for each in asked]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["code"] for answer in answers} == {"server_error"}
    assert all("Retry-After" in answer.headers for answer in answers)


def threads_of(service: Service) -> list[str]:
    """What the threads that may visit the database wait in."""
    tasks = Path(f"/proc/{service.process.pid}/task")
    return [(task / "wchan").read_text() for task in tasks.iterdir()]


def test_tokens_flow_and_all_is_saved_once_when_the_database_hangs(
    line: Line, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    gates = [Gate() for _ in range(3)]
    waiting = iter(gates)
    model.reply = lambda _: Reply(tokens=WORDS, gate=next(waiting, None))

    def release(count: int) -> None:
        for gate in gates:
            gate.release(count)

    with ExitStack() as opened:
        service = opened.enter_context(
            running_service(tmp_path, model, **HASTY, DATABASE_URL=line.url,
                            SPOOL_DIR=str(tmp_path / "spool"))
        )  # fmt: skip
        client = opened.enter_context(service.client(token))
        streams = []
        for _ in range(3):
            response = opened.enter_context(
                client.stream("POST", "/chat/stream", json={"message": "go"})
            )
            streams.append(read_stream(response))
        firsts = [next(stream) for stream in streams]
        # One of them has a second reader.
        generation = firsts[0].chunk["generation_id"]
        along = opened.enter_context(client.stream("GET", f"/chat/generations/{generation}/stream"))
        streams.append(read_stream(along))
        release(2)
        read = [[first] for first in firsts] + [[]]
        for sent, stream in zip(read, streams, strict=True):
            until(sent, stream, "1 ")
        line.hang()
        release(4)
        for sent, stream in zip(read, streams, strict=True):
            until(sent, stream, "5 ")  # while nothing answers
        assert eventually(lambda: b"5 " in spooled(tmp_path / "spool"), 10)
        refused_within(client, 30)
        refused_within(client, 30)
        release(3)
        line.go_on()
        for sent, stream in zip(read, streams, strict=True):
            sent.extend(stream)
        check_saved_once(client, read[:3])
        assert [each.id for each in read[3]] == [each.id for each in read[0]]
        assert eventually(lambda: client.post("/chat", json={"message": "hi"}).status_code == 200)


def until(read: list[Sent], stream: Iterator[Sent], token: str) -> None:
    """Reads on until a stream has brought some text."""
    while token not in "".join(each.chunk.get("token", "") for each in read):
        read.append(next(stream))


def spooled(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("*.spool"))


def check_saved_once(client: httpx.Client, answers: list[list[Sent]]) -> None:
    for sent in answers:
        assert "".join(each.chunk.get("token", "") for each in sent) == "".join(WORDS)
        assert "error" not in sent[-1].chunk
        generation, session = (sent[0].chunk[key] for key in ("generation_id", "session_id"))
        assert status_of(client, generation) == "completed"
        messages = messages_of(client, session)
        assert [(each["role"], each["content"]) for each in messages] == [
            ("user", "go"), ("assistant", "".join(WORDS))
        ]  # fmt: skip
        numbers = [int(each.id.rpartition(":")[2]) for each in sent]
        assert numbers == list(range(1, len(sent) + 1))
        assert whole(client, generation).count(b"id: ") == len(sent)


def test_reader_is_told_when_the_database_hangs_for_too_long(
    line: Line, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    gate = Gate()
    model.reply = Reply(tokens=["spooled ", "words"], gate=gate)
    with (
        running_service(
            tmp_path, model, **{**HASTY, "FINAL_COMMIT_SECONDS": "2"}, DATABASE_URL=line.url
        ) as service,
        service.client(token) as client,
        client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
    ):
        events = read_stream(response)
        first = next(events).chunk
        line.hang()
        gate.release(2)
        last = list(events)[-1].chunk
        assert (last["done"], last["error_code"]) == (True, "server_error")
        line.go_on()
        assert ended(client, first["generation_id"]) == "completed"
        answers = [each["content"] for each in messages_of(client, first["session_id"])]
        assert answers == ["go", "spooled words"]


def test_killed_while_the_database_hangs_loses_no_text(
    line: Line, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    gate = Gate()
    model.reply = Reply(tokens=["kept ", "text ", "never made"], gate=gate)
    settings = {**HASTY, "DATABASE_URL": line.url, "SPOOL_DIR": str(tmp_path / "spool")}
    with (
        running_service(tmp_path, model, **settings) as service,
        service.client(token) as client,
        client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
    ):
        events = read_stream(response)
        read = [next(events)]
        line.hang()
        gate.release(2)
        until(read, events, "text ")
        time.sleep(0.25)  # what is older is safe
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(10)
        line.go_on()
    first = read[0].chunk
    with running_service(tmp_path, model, **settings) as after, after.client(token) as client:
        assert ended(client, first["generation_id"]) == "interrupted"
        answer = messages_of(client, first["session_id"])[1]
        assert (answer["content"], answer["status"]) == ("kept text ", "interrupted")


def test_worker_leaves_in_time_while_the_database_hangs(
    line: Line, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    gate = Gate()
    model.reply = Reply(tokens=["whole ", "answer"], gate=gate)
    settings = {**PATIENT, "DATABASE_URL": line.url, "SPOOL_DIR": str(tmp_path / "spool")}
    with (
        running_service(tmp_path, model, **settings) as service,
        service.client(token) as client,
        client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
    ):
        events = read_stream(response)
        first = next(events).chunk
        line.hang()
        gate.release(2)
        while not next(events).chunk["done"]:
            pass
        with ThreadPoolExecutor(8) as threads:  # threads of all kinds wait when it is told to end
            asked = [
                threads.submit(swallow, service, token, path)
                for path in (
                    "/chat/sessions",
                    "/events",
                    f"/chat/generations/{generation_of(first)}",
                )
            ]
            time.sleep(0.3)
            service.process.terminate()
            service.process.wait(10)
            assert [each.result() for each in asked]
        rest = b"".join(response.iter_raw()) if not response.is_stream_consumed else b""
        assert rest == b""
        line.go_on()
    with running_service(tmp_path, model, **settings) as after, after.client(token) as client:
        assert ended(client, generation_of(first)) == "completed"
        answer = messages_of(client, int(str(first["session_id"])))[1]
        assert answer["content"] == "whole answer"


def generation_of(chunk: dict[str, object]) -> str:
    return str(chunk["generation_id"])


def swallow(service: Service, token: str, path: str) -> int:
    """The status of an answer, 0 when the connection breaks off."""
    try:
        with service.client(token) as client:
            return client.get(path).status_code
    except httpx.TransportError:
        return 0


def test_text_written_while_others_took_a_worker_for_dead_is_saved(
    postgres: Postgres, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    """Only its own way to the database hangs, and for longer than its lease."""
    gate = Gate()
    model.reply = Reply(tokens=["before ", "during ", "never made"], gate=gate)
    settings = {**HASTY, "WORKER_LEASE_SECONDS": "2", "SPOOL_DIR": str(tmp_path / "spool")}
    with (
        silent_network(postgres) as line,
        running_service(tmp_path, model, **settings, DATABASE_URL=line.url) as cut_off,
        running_service(tmp_path, model, **settings, DATABASE_URL=postgres.url) as other,
        cut_off.client(token) as client,
        other.client(token) as watcher,
        client.stream("POST", "/chat/stream", json={"message": "go"}) as response,
    ):
        events = read_stream(response)
        read = [next(events)]
        gate.release(1)
        until(read, events, "before ")
        time.sleep(0.3)
        line.hang()
        gate.release(1)
        until(read, events, "during ")
        generation, session = (read[0].chunk[key] for key in ("generation_id", "session_id"))
        assert ended(watcher, generation) == "interrupted"
        assert messages_of(watcher, session)[1]["content"] == "before "
        line.go_on()
        assert eventually(
            lambda: messages_of(watcher, session)[1]["content"] == "before during ", 30
        )
        assert len(messages_of(watcher, session)) == 2


def test_service_that_finds_a_silent_database_starts_refusing_and_recovers(
    postgres: Postgres, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    with silent_network(postgres) as line:
        line.hang()  # it accepts and never answers
        with (
            running_service(tmp_path, model, **HASTY, DATABASE_URL=line.url) as service,
            service.client(token) as client,
        ):
            refused_within(client, 30)
            line.go_on()
            assert eventually(
                lambda: client.post("/chat", json={"message": "hi"}).status_code == 200
            )


def test_opening_whose_commit_was_not_confirmed_leaves_no_locked_conversation(
    postgres: Postgres, token: str, model: FakeOllama, tmp_path: Path
) -> None:
    with TcpProxy(postgres.socket) as proxy:
        url = f"postgresql://postgres@127.0.0.1:{proxy.port}/superschedules"
        with (
            running_service(tmp_path, model, **HASTY, DATABASE_URL=url) as service,
            service.client(token) as client,
        ):
            _, session = start(client, "first", model_a="builtin")
            assert eventually(lambda: len(messages_of(client, session)) == 2)
            proxy.lose_answer_to(b"COMMIT")
            lost = client.post("/chat", json={"message": "second", "session_id": session})
            assert lost.status_code == 503
            assert eventually(
                lambda: (
                    client.post(
                        "/chat", json={"message": "third", "session_id": session}
                    ).status_code
                    == 200
                )
            )
            told = [(each["content"], each["status"]) for each in messages_of(client, session)]
            assert told[2:4] == [("second", "completed"), ("", "interrupted")]
            assert [each for each, _ in told].count("third") == 1
