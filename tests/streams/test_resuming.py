"""Resuming: the same bytes from any worker, wherever and however often the stream is cut."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from chat_service.streams import sse
from events.models import Generation, GenerationChunk
from tests.conftest import Person
from tests.fakes.ollama import Gate, Reply
from tests.serving import Service, running_service
from tests.streams.reading import ended, start, status_of, whole

# Every length of UTF-8, and what looks like the framing itself.
TOKENS = ["é", "日本", " 😀", "\n\ndata: x\r\n", "id: 1", "\u00a0", ": keepalive", "end"]

# Fixed, so that the processes of a parallel run collect the same tests.
_ANOTHER = "3f2b8f0e-5c1d-4c57-9a39-0d1f6a4b7c2e"


def read_whole(person: Person, reply: Reply, service: Service) -> tuple[str, bytes]:
    """A stream from its first byte to its last: (generation, bytes)."""
    service.ollama.reply = reply
    with person.client.stream("POST", "/chat/stream", json={"message": "go"}) as response:
        content = b"".join(response.iter_raw())
    content = content.replace(sse.KEEPALIVE, b"")
    return str(sse.chunk_of(content.split(b"\n\n")[0])["generation_id"]), content


def rest_after(content: bytes, offset: int) -> bytes:
    return b"".join(frame for number, frame in sse.split_frames(content) if number > offset)


def cut_and_resume(
    client: httpx.Client, other: httpx.Client, generation: str, dice: random.Random
) -> tuple[bytes, int]:
    """Reads a stream in pieces, each cut somewhere, from one worker or the other.

    Of each piece, the whole events are kept. Returns all bytes, and how many pieces there were.
    """
    read, after, pieces = b"", 0, 0
    while not (frames := sse.split_frames(read)) or not is_last(frames[-1][1]):
        pieces += 1
        by_header = dice.random() < 0.5
        stop_at = dice.randrange(1, 900) if pieces % 8 else 100_000
        with dice.choice((client, other)).stream(
            "GET",
            f"/chat/generations/{generation}/stream",
            params={} if by_header else {"after": after},
            headers={"Last-Event-ID": f"{generation}:{after}"} if by_header else {},
        ) as response:
            piece = b""
            for raw in response.iter_raw(dice.choice((1, 7, 64, 4096))):
                piece += raw
                if len(piece) >= stop_at:
                    break
        whole_events = sse.split_frames(piece[:stop_at].replace(sse.KEEPALIVE, b""))
        read += b"".join(frame for _, frame in whole_events)
        after = whole_events[-1][0] if whole_events else after
    return read, pieces


def is_last(frame: bytes) -> bool:
    chunk = sse.chunk_of(frame)
    return chunk["model"] == "SYSTEM" and bool(chunk["done"])


def test_resumed_stream_is_byte_identical_from_any_offset_and_worker(
    service: Service, ann: Person, second: Service
) -> None:
    generation, content = read_whole(ann, Reply(tokens=TOKENS, bytes_per_write=1), service)
    frames = sse.split_frames(content)
    assert [offset for offset, _ in frames] == list(range(1, len(frames) + 1))
    with second.client(ann.token) as elsewhere:
        for offset in range(len(frames) + 2):
            assert whole(ann.client, generation, after=offset) == rest_after(content, offset)
            assert whole(elsewhere, generation, after=offset) == rest_after(content, offset)


def test_stream_cut_at_every_byte_is_resumed_whole(
    service: Service, ann: Person, second: Service
) -> None:
    """The cut falls into every character of several bytes, too; whole events are kept."""
    generation, content = read_whole(ann, Reply(tokens=TOKENS, bytes_per_write=1), service)
    rests: dict[int, bytes] = {}
    with second.client(ann.token) as elsewhere:
        for size in range(len(content) + 1):
            kept = sse.split_frames(content[:size])
            offset = kept[-1][0] if kept else 0
            if offset not in rests:
                rests[offset] = whole(elsewhere, generation, after=offset)
            assert b"".join(frame for _, frame in kept) + rests[offset] == content
    assert sorted(rests) == list(range(len(sse.split_frames(content)) + 1))


def test_live_readers_on_both_workers_see_the_same_bytes(
    service: Service, ann: Person, second: Service
) -> None:
    gate = Gate()
    service.ollama.reply = Reply(tokens=TOKENS, gate=gate)
    path = "/chat/generations/{}/stream"
    with (
        second.client(ann.token) as elsewhere,
        ann.client.stream("POST", "/chat/stream", json={"message": "go"}) as first,
    ):
        raw = first.iter_raw()
        head = next(raw)
        generation = sse.chunk_of(head)["generation_id"]
        gate.release(2)
        with (
            ann.client.stream("GET", path.format(generation)) as same,
            elsewhere.stream("GET", path.format(generation)) as other,
        ):
            gate.release(len(TOKENS))
            wholes = [head + b"".join(raw), *(b"".join(each.iter_raw()) for each in (same, other))]
    assert wholes[0] == wholes[1] == wholes[2]
    assert "".join(
        sse.chunk_of(frame).get("token", "") for _, frame in sse.split_frames(wholes[0])
    ) == "".join(TOKENS)


def cut_streams(service: Service, ann: Person, second: Service, cuts: int) -> None:
    """Cuts one stream after the other, while it runs and afterwards, until that many cuts."""
    dice = random.Random(7)
    made = 0
    with second.client(ann.token) as other:
        while made < cuts:
            tokens = [dice.choice(TOKENS) * dice.randrange(1, 4) for _ in range(20)]
            service.ollama.reply = Reply(
                tokens=tokens,
                delay=0.002 * dice.randrange(3),
                bytes_per_write=dice.choice((1, 3, None)),
            )
            generation, _ = start(ann.client, "go")
            live, pieces = cut_and_resume(ann.client, other, generation, dice)
            content = whole(ann.client, generation)
            assert live == content
            made += pieces
            for _ in range(5):
                again, pieces = cut_and_resume(ann.client, other, generation, dice)
                assert again == content
                made += pieces


def test_random_cuts_lose_double_and_reorder_nothing(
    service: Service, ann: Person, second: Service
) -> None:
    cut_streams(service, ann, second, cuts=150)


@pytest.mark.slow
def test_ten_thousand_random_cuts(service: Service, ann: Person, second: Service) -> None:
    cut_streams(service, ann, second, cuts=10_000)


def test_stream_resumes_after_a_restart(service: Service, ann: Person, tmp_path: Path) -> None:
    with running_service(tmp_path, service.ollama) as before:
        client = before.client(ann.token)
        generation, content = read_whole(replace(ann, client=client), Reply(tokens=TOKENS), service)
        client.close()
    with running_service(tmp_path, service.ollama) as after, after.client(ann.token) as client:
        assert whole(client, generation) == content
        assert whole(client, generation, after=3) == rest_after(content, 3)


@pytest.mark.parametrize(
    ("query", "header", "field"),
    [
        ("?after=-1", None, "after"),
        ("?after=x", None, "after"),
        ("?after=9999999999999", None, "after"),
        (f"?after={_ANOTHER}:3", None, "after"),
        ("", "5", "Last-Event-ID"),
        ("", "{generation}:x", "Last-Event-ID"),
        ("", "{generation}:-1", "Last-Event-ID"),
        ("", f"{_ANOTHER}:3", "Last-Event-ID"),
    ],
)
def test_bad_place_to_resume_is_refused(
    service: Service, ann: Person, query: str, header: str | None, field: str
) -> None:
    generation, _ = start(ann.client, "go")
    headers = {"Last-Event-ID": header.format(generation=generation)} if header else {}
    response = ann.client.get(f"/chat/generations/{generation}/stream{query}", headers=headers)
    assert (response.status_code, list(response.json()["fields"])) == (422, [field])


def test_parameter_may_be_the_whole_id_of_an_event(service: Service, ann: Person) -> None:
    generation, content = read_whole(ann, Reply(tokens=TOKENS), service)
    here = f"/chat/generations/{generation}/stream"
    rest = ann.client.get(here, params={"after": f"{generation}:2"})
    assert rest.content == rest_after(content, 2)


def test_somebody_elses_generation_is_like_a_missing_one(
    service: Service, ann: Person, ben: Person
) -> None:
    service.ollama.reply = Reply(tokens=["mine"], gate=Gate())
    generation, _ = start(ann.client, "go")
    calls = [("GET", ""), ("GET", "/stream"), ("POST", "/stop")]
    for method, path in calls:
        foreign = ben.client.request(method, f"/chat/generations/{generation}{path}")
        missing = ben.client.request(method, f"/chat/generations/{uuid4()}{path}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json() == missing.json()
    assert status_of(ann.client, generation) == "running"
    ann.client.post(f"/chat/generations/{generation}/stop")


def test_journal_is_written_in_batches(service: Service, ann: Person) -> None:
    service.ollama.reply = Reply(tokens=[f"{n} " for n in range(60)], delay=0.01)
    generation, _ = start(ann.client, "go")
    assert ended(ann.client, generation) == "completed"
    rows = GenerationChunk.objects.filter(generation_id=generation).count()
    frames = len(sse.split_frames(whole(ann.client, generation)))
    assert Generation.objects.get(pk=generation).ended_at is not None
    assert frames > 15 > rows
