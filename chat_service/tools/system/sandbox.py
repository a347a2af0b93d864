"""Starts confined scripts and reads what they write; tells whether this machine can confine."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

OUTPUT_BYTES = 64_000
_OPEN_FILES = 32
_DISK_BYTES = 8 * 1024 * 1024
# What starting Python and building the file system may take beyond the script's own time.
_GRACE_SECONDS = 5.0
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
Ended = Literal["exit", "cpu_time", "wall_time", "output", "killed"]


class SandboxUnavailable(Exception):
    """A script could not be confined here, so it was not run; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a script may use: seconds of CPU and of waiting, and bytes of memory."""

    cpu_seconds: int
    wall_seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """What a script wrote, and how it ended; `exit_code` is None when it was ended."""

    stdout: str
    stderr: str
    ended_by: Ended
    exit_code: int | None


async def run_script(code: str, limits: Limits) -> ScriptRun:
    """Runs a script with no network, no files but its own in memory, and no further process.

    Raises:
        SandboxUnavailable: it could not be confined; nothing was run.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable("scripts can be confined on Linux alone")
    reader, writer = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(_python(), "-I", "-S", "-B", "-c", _confinement()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=(writer,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(reader)
        raise SandboxUnavailable(f"Python could not be started: {error.strerror}") from error
    finally:
        os.close(writer)
    try:
        return await _watched(process, _request(code, limits, writer), reader, limits)
    finally:
        os.close(reader)
        await _end(process)


async def _watched(
    process: asyncio.subprocess.Process, request: bytes, reader: int, limits: Limits
) -> ScriptRun:
    assert process.stdin is not None, "its input is a pipe"
    with suppress(ConnectionError):
        process.stdin.write(request)
        await process.stdin.drain()
    process.stdin.close()
    is_too_long = False
    outputs = (bytearray(), bytearray())
    try:
        async with asyncio.timeout(limits.wall_seconds + _GRACE_SECONDS):
            async with asyncio.TaskGroup() as both:
                both.create_task(_read(process.stdout, outputs[0]))
                both.create_task(_read(process.stderr, outputs[1]))
            await process.wait()
    except* _TooLong:
        is_too_long = True
        await _end(process)
    except* TimeoutError:
        await _end(process)
    stdout, stderr = (bytes(each[:OUTPUT_BYTES]).decode("utf-8", "replace") for each in outputs)
    if is_too_long:
        return ScriptRun(stdout, stderr, "output", None)
    kind, _, told = (
        os.read(reader, 4000).decode("utf-8", "replace").partition("\n")[0].partition(" ")
    )
    if kind == "refused":
        raise SandboxUnavailable(f"the system does not allow it ({told})")
    if kind != "ended":
        return ScriptRun(stdout, stderr, "wall_time", None)
    code = int(told)
    if code >= 0:
        return ScriptRun(stdout, stderr, "exit", code)
    is_cpu = code in (-signal.SIGXCPU, -signal.SIGKILL)
    return ScriptRun(stdout, stderr, "cpu_time" if is_cpu else "killed", None)


class _TooLong(Exception):
    """A script writes more than is read of it."""


async def _read(stream: asyncio.StreamReader | None, into: bytearray) -> None:
    assert stream is not None, "its outputs are pipes"
    while piece := await stream.read(8192):
        into += piece
        if len(into) > OUTPUT_BYTES:
            raise _TooLong


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the script by way of its keeper, which knows it; at worst the keeper with it."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_GRACE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    for stream in (process.stdout, process.stderr):
        # A pipe that is not read to its end is never closed.
        while stream is not None and await stream.read(65536):
            pass


def _request(code: str, limits: Limits, report: int) -> bytes:
    asked = {
        "code": code,
        "folders": _folders(),
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
        "memory_bytes": limits.memory_bytes,
        "disk_bytes": _DISK_BYTES,
        "open_files": _OPEN_FILES,
        "report": report,
    }
    return json.dumps(asked).encode() + b"\n"


def _python() -> str:
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)


def _folders() -> list[str]:
    """Where Python and the libraries that it loads are; nothing else is shown to a script."""
    python = Path(_python())
    own = [python.parent, Path(sys.base_prefix).resolve() / "lib"]
    libraries = [Path(each) for each in _LIBRARIES if Path(each).exists()]
    return list(dict.fromkeys(str(each) for each in (*libraries, *own)))


@cache
def _confinement() -> str:
    return files("chat_service.tools.system").joinpath("confinement.py").read_text()


_TRIAL = """
import os, socket
problems = []
try:
    os.fork()
    problems.append("a script can start processes")
except OSError:
    pass
try:
    socket.create_connection(("127.0.0.1", 9), 1)
    problems.append("a script reaches the network")
except OSError as error:
    if error.errno not in (101, 99, 100):
        problems.append("a script reaches the network")
for path in ("/etc", "/home", "/proc", "/sys", "/var"):
    if os.path.exists(path):
        problems.append("a script sees " + path)
try:
    open("/lib/.trial", "w")
    problems.append("a script can write outside of its folder")
except OSError:
    pass
try:
    bytearray(1 << 30)
    problems.append("a script's memory is not limited")
except MemoryError:
    pass
open("/work/trial", "w").close()
print("; ".join(problems) or "confined")
"""


@cache
def sandbox_problem() -> str | None:
    """Why scripts cannot be confined on this machine, found out by a trial; None when they can.

    Tried once a process. Blocks for a fraction of a second, also where an event loop runs.
    """
    limits = Limits(cpu_seconds=5, wall_seconds=10, memory_bytes=256 * 1024 * 1024)
    with ThreadPoolExecutor(1) as thread:
        try:
            trial = thread.submit(asyncio.run, run_script(_TRIAL, limits)).result()
        except SandboxUnavailable as error:
            return str(error)
    if trial.stdout.strip() == "confined":
        return None
    return trial.stdout.strip() or f"a trial script did not run ({trial.ended_by})"
