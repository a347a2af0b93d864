"""A generation's log and its readers; text joined but never held back."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk
from chat_service.streams.generation import (
    JOIN_SECONDS,
    LiveGeneration,
    TokenJoiner,
    run_in_background,
)

LAST = sse.frame(UUID(int=1), 99, '{"model":"SYSTEM","done":true}')


class Notebook:
    """A journal on paper."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, bytes]] = []

    def append(self, generation_id: UUID, offset: int, frame: bytes) -> None:
        self.entries.append((offset, frame))


def started() -> LiveGeneration:
    return LiveGeneration(Notebook(), user_id=1)


def chunks_of(frames: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in b"".join(frames).split(b"\n") if line[:6] == b"data: "]


async def read_all(generation: LiveGeneration, after: int = 0) -> list[bytes]:
    """Each frame by itself, however they were written."""
    read = b"".join([frames async for frames in generation.read(after)])
    return [part + b"\n\n" for part in read.split(b"\n\n")[:-1]]


async def test_readers_get_every_chunk_in_order_whenever_they_come() -> None:
    generation = started()
    generation.publish(StreamChunk(model="A", token="one"))
    early = asyncio.create_task(read_all(generation))
    await asyncio.sleep(0)
    generation.publish(StreamChunk(model="A", token="two"))
    middle = asyncio.create_task(read_all(generation))
    await asyncio.sleep(0)
    generation.finish(LAST)
    frames = await early
    assert frames == await middle == await read_all(generation)
    assert [chunk.get("token") for chunk in chunks_of(frames)] == ["one", "two", None]
    assert frames[1].startswith(f"id: {generation.id}:2\n".encode())


async def test_notes_stand_in_the_journal_and_reach_no_reader() -> None:
    book = Notebook()
    generation = LiveGeneration(book, user_id=1)
    generation.publish(StreamChunk(model="A", token="one"))
    for note in ('{"A":{"model":"m: 1"}}', '{"B":{"model":"n"}}'):
        generation.keep_note(note)
    generation.publish(StreamChunk(model="A", token="\n\n: two"))
    generation.publish(StreamChunk(model="A", token="three"))
    generation.finish(LAST)
    kept = b"".join(frame for _, frame in book.entries)
    assert sse.notes_in(kept) == [{"A": {"model": "m: 1"}}, {"B": {"model": "n"}}]
    read = await read_all(generation)
    assert [frame for _, frame in sse.split_frames(kept)] == read[:3]
    assert b"".join(read).count(b"\n: ") == 0


async def test_reader_may_begin_after_any_offset() -> None:
    generation = started()
    for token in "abc":
        generation.publish(StreamChunk(model="A", token=token))
    generation.finish(LAST)
    whole = await read_all(generation)
    for after in range(5):
        assert await read_all(generation, after) == whole[after:]


async def test_reader_that_leaves_is_forgotten() -> None:
    generation = started()
    reader = generation.read()
    generation.publish(StreamChunk(model="A", token="one"))
    await anext(reader)
    await reader.aclose()
    generation.finish(LAST)
    assert len(await read_all(generation)) == 2


async def test_silence_is_broken_by_keepalives() -> None:
    generation = started()
    reader = generation.read(keepalive=0.01)
    assert [await anext(reader), await anext(reader)] == [sse.KEEPALIVE] * 2
    generation.finish(LAST)
    assert chunks_of([await anext(reader)])[0]["done"] is True


async def test_text_is_joined_but_the_first_is_never_held_back() -> None:
    written: list[str] = []
    joiner = TokenJoiner(written.append)
    for letter in "abcd":
        joiner.add(letter)
    assert written == ["a"]
    await asyncio.sleep(JOIN_SECONDS * 2)
    assert written == ["a", "bcd"]
    joiner.add("e")
    joiner.add("f")
    joiner.flush()
    assert "".join(written) == "abcdef"
    written_before = list(written)
    await asyncio.sleep(JOIN_SECONDS * 2)
    joiner.flush()
    assert written == written_before


async def test_line_breaks_stay_inside_the_json() -> None:
    generation = started()
    generation.publish(StreamChunk(model="A", token="a\n\ndata: b\r\n\u2028"))
    generation.finish(LAST)
    [first, _] = await read_all(generation)
    assert first.count(b"\n") == 3
    assert chunks_of([first])[0]["token"] == "a\n\ndata: b\r\n\u2028"


async def test_background_work_outlives_whoever_started_it() -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append(1)

    async def starter() -> None:
        run_in_background(work())

    await asyncio.create_task(starter())
    await asyncio.sleep(0.05)
    assert done == [1]
