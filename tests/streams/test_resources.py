"""What an open stream holds: no thread, no database connection; and what a stalled one costs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import API, Service, read_stream, running_service
from tests.streams.conftest import PATIENT
from tests.streams.reading import eventually, start, status_of


def threads_of(service: Service) -> int:
    return len(list(Path(f"/proc/{service.process.pid}/task").iterdir()))


def connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_open_streams_hold_no_thread_and_no_connection(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=["one ", "two"], gate=gate)
    others = connections()
    with (
        running_service(tmp_path, service.ollama, **PATIENT, DB_POOL_SIZE="4") as fresh,
        fresh.client(ann.token) as client,
        ExitStack() as opened,
    ):
        streams: list[Iterator[object]] = []
        counts: list[int] = []
        for number in range(40):
            response = opened.enter_context(
                client.stream("POST", "/chat/stream", json={"message": "go"})
            )
            streams.append(read_stream(response))
            next(streams[-1])
            if number == 9:
                counts.append(threads_of(fresh))
        counts.append(threads_of(fresh))
        assert counts[1] - counts[0] < 5  # of thirty streams more, none keeps one
        assert connections() - others <= 4
        gate.release(80)
        assert [len(list(stream)) for stream in streams] == [4] * 40


def test_stalled_reader_is_dropped_and_may_resume(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    service.ollama.reply = Reply(tokens=["x" * 50_000] * 400)
    with running_service(tmp_path, service.ollama, **PATIENT, SEND_TIMEOUT="1") as strict:
        with strict.client(ann.token) as client:
            generation, _ = start(client, "go")
            assert eventually(lambda: status_of(client, generation) == "completed")
        address = urlsplit(strict.address)
        with socket.socket() as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect((address.hostname, address.port))
            stalled.sendall(
                f"GET {API}/chat/generations/{generation}/stream HTTP/1.1\r\n"
                f"Host: localhost\r\nAuthorization: Bearer {ann.token}\r\n\r\n".encode()
            )
            assert stalled.recv(15) == b"HTTP/1.1 200 OK"
            assert eventually(lambda: "slow_reader_dropped" in strict.log.read_text(), 10)
        with strict.client(ann.token) as client:
            whole = client.get(f"/chat/generations/{generation}/stream").content
    assert whole.count(b"x" * 50_000) == 400


def test_pool_that_is_used_up_is_a_refusal_and_no_wait_for_ever(
    service: Service, ann: Person, tmp_path: Path
) -> None:
    environment = {**PATIENT, "DB_POOL_SIZE": "3", "DB_POOL_TIMEOUT": "0.5"}
    with (
        running_service(tmp_path, service.ollama, **environment) as small,
        small.client(ann.token) as client,
        connection.cursor() as cursor,
    ):
        generation, session = start(client, "go", model_a="builtin")
        assert eventually(lambda: status_of(client, generation) == "completed")
        cursor.execute("BEGIN")
        try:
            # Whoever wants to write into this conversation waits, with a thread.
            cursor.execute("SELECT 1 FROM events_chatsession WHERE id = %s FOR UPDATE", [session])
            with client.stream("GET", "/live") as live:
                assert live.status_code == 200
            waiting = socket.create_connection(
                (urlsplit(small.address).hostname, urlsplit(small.address).port)
            )
            body = f'{{"message":"hi","session_id":{session}}}'
            waiting.sendall(
                f"POST {API}/chat HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ann.token}"
                f"\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
                "".encode()
            )
            refused = eventually(
                lambda: (
                    (answer := client.post("/chat", json={"message": "hello"})).status_code == 503
                    and answer
                )
            )
            assert refused
            assert (refused.json()["code"], refused.headers["Retry-After"]) == ("server_error", "1")
            waiting.close()
        finally:
            cursor.execute("ROLLBACK")
        assert eventually(
            lambda: client.post("/chat", json={"message": "hello"}).status_code == 200
        )
