"""A generation's log and its readers; text joined but never held back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from chat_service import sse
from chat_service.generation import JOIN_SECONDS, Generation, TokenJoiner, run_in_background
from chat_service.wire import StreamChunk

LAST = StreamChunk(model="SYSTEM", done=True, session_id=1)


def chunks_of(frames: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(frame.decode().split("data: ", 1)[1]) for frame in frames]


async def read_all(generation: Generation, after: int = 0) -> list[bytes]:
    return [frame async for frame in generation.read(after)]


async def test_readers_get_every_chunk_in_order_whenever_they_come() -> None:
    generation = Generation()
    generation.publish(StreamChunk(model="A", token="one"))
    early = asyncio.create_task(read_all(generation))
    await asyncio.sleep(0)
    generation.publish(StreamChunk(model="A", token="two"))
    middle = asyncio.create_task(read_all(generation))
    await asyncio.sleep(0)
    generation.publish(LAST)
    frames = await early
    assert frames == await middle == await read_all(generation)
    assert [chunk.get("token") for chunk in chunks_of(frames)] == ["one", "two", None]
    assert frames[1].startswith(f"id: {generation.id}:2\n".encode())


async def test_reader_may_begin_after_any_offset() -> None:
    generation = Generation()
    for token in "abc":
        generation.publish(StreamChunk(model="A", token=token))
    generation.publish(LAST)
    whole = await read_all(generation)
    for after in range(5):
        assert await read_all(generation, after) == whole[after:]


async def test_reader_that_leaves_is_forgotten() -> None:
    generation = Generation()
    reader = generation.read()
    generation.publish(StreamChunk(model="A", token="one"))
    await anext(reader)
    await reader.aclose()
    generation.publish(LAST)
    assert len(await read_all(generation)) == 2


async def test_silence_is_broken_by_keepalives() -> None:
    generation = Generation()
    reader = generation.read(keepalive=0.01)
    assert [await anext(reader), await anext(reader)] == [sse.KEEPALIVE] * 2
    generation.publish(LAST)
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
    generation = Generation()
    generation.publish(StreamChunk(model="A", token="a\n\ndata: b\r\n\u2028"))
    generation.publish(LAST)
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
