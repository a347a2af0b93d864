"""`script_execution`: what a script can do, and each way out of its limits."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import Settings

from chat_service.tools import ToolContext, ToolExecutionService
from chat_service.tools.checks import check_tools
from chat_service.tools.system import scripts
from chat_service.tools.system.sandbox import Limits, ScriptRun, run_script, sandbox_problem

STAFF = ToolContext(user_id=1, is_staff=True)
MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.skipif(
    sandbox_problem() is not None, reason=f"no script can be confined here: {sandbox_problem()}"
)


async def run(code: str, *, cpu: int = 20, wall: float = 30) -> ScriptRun:
    return await run_script(code, Limits(cpu, wall, 256 * MEGABYTE))


async def test_script_computes_and_prints() -> None:
    ran = await run("import json, math; print(json.dumps({'pi': math.pi})); raise SystemExit(3)")
    assert (ran.stdout, ran.ended_by, ran.exit_code) == ('{"pi": 3.141592653589793}\n', "exit", 3)


async def test_script_has_no_environment_no_input_and_an_empty_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVICE", "secret")
    ran = await run(
        "import os, sys\n"
        "print('SECRET_OF_THE_SERVICE' in os.environ, os.listdir('.'), repr(sys.stdin.read()))\n"
        "print(os.getuid() != 0, os.getpid() != 1)"
    )
    assert ran.stdout == "False [] ''\nTrue True\n"


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/proc/1/root", "/dev/null"])
async def test_files_of_the_machine_are_not_there(path: str) -> None:
    ran = await run(f"open({path!r})")
    assert "FileNotFoundError" in ran.stderr


async def test_files_of_the_project_are_not_there(settings: Settings) -> None:
    ran = await run(f"import os; print(os.path.exists({str(settings.BASE_DIR)!r}))")
    assert ran.stdout == "False\n"


@pytest.mark.parametrize("path", ["/new", "/usr/lib/new", "/lib/new", "/work/../new"])
async def test_nothing_can_be_written_outside_of_the_folder(path: str) -> None:
    ran = await run(f"open({path!r}, 'w')")
    assert "Read-only file system" in ran.stderr


async def test_what_is_mounted_read_only_stays_so() -> None:
    ran = await run(
        "import ctypes\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.mount(b'none', b'/lib', None, 32 | 4096, b''), ctypes.get_errno())\n"
        "print(libc.umount2(b'/work', 2), ctypes.get_errno())"
    )
    assert ran.stdout == "-1 1\n-1 1\n"


async def test_network_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = await run(
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nprint('reached')"
        )
    assert ran.stdout == ""
    assert "OSError: [Errno 101] Network is unreachable" in ran.stderr


async def test_sockets_of_the_machine_are_not_there(tmp_path: Path) -> None:
    names = (str(tmp_path / "socket"), "\0superschedules test")
    for name in names:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(name)
            server.listen()
            ran = await run(
                f"import socket as s\ns.socket(s.AF_UNIX).connect({name!r})\nprint('reached')"
            )
        assert ran.stdout == "", name
        assert "Error" in ran.stderr, name


async def test_no_process_and_no_thread_can_be_started() -> None:
    ran = await run("import os\nos.fork()")
    assert "BlockingIOError" in ran.stderr
    ran = await run("import threading\nthreading.Thread(target=print).start()")
    assert "can't start new thread" in ran.stderr


async def test_limits_cannot_be_raised() -> None:
    ran = await run(
        "import resource as r\n"
        "for name in ('NPROC', 'AS', 'CPU', 'FSIZE', 'NOFILE'):\n"
        "    try:\n"
        "        r.setrlimit(getattr(r, 'RLIMIT_' + name), (10**12, 10**12))\n"
        "        print('raised', name)\n"
        "    except (ValueError, OSError):\n"
        "        pass"
    )
    assert (ran.stdout, ran.exit_code) == ("", 0)


async def test_other_processes_cannot_be_seen_or_ended() -> None:
    ran = await run(
        f"import os, signal\n"
        f"for pid in (1, {os.getpid()}, {os.getppid()}):\n"
        f"    try:\n"
        f"        os.kill(pid, signal.SIGKILL)\n"
        f"    except OSError:\n"
        f"        pass\n"
        f"print('alone')"
    )
    assert (ran.stdout, ran.ended_by) == ("alone\n", "exit")


async def test_memory_is_limited() -> None:
    ran = await run("bytearray(400 * 1024 * 1024)")
    assert "MemoryError" in ran.stderr


async def test_files_are_limited_in_size_in_all_and_in_number() -> None:
    ran = await run("open('one', 'wb').write(bytes(9 * 1024 * 1024))")
    assert "File too large" in ran.stderr
    ran = await run("for n in range(20):\n    open(str(n), 'wb').write(bytes(1024 * 1024))")
    assert "No space left on device" in ran.stderr
    ran = await run("kept = [open(str(n), 'w') for n in range(100)]")
    assert "Too many open files" in ran.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_output_is_limited(stream: str) -> None:
    ran = await run(f"import sys\nwhile True:\n    sys.{stream}.write('x' * 1000)")
    assert (ran.ended_by, ran.exit_code) == ("output", None)
    assert len(getattr(ran, stream)) == 64_000


@pytest.mark.parametrize(
    "code", ["", "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"]
)
async def test_cpu_time_is_limited(code: str) -> None:
    ran = await run(f"{code}while True:\n    pass", cpu=1, wall=60)
    assert (ran.ended_by, ran.exit_code) == ("cpu_time", None)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import signal\n[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 14, 15)]\n",
        "import os; os.setsid()\n",
        "import os; os.close(1); os.close(2)\n",
        "import ctypes; ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\n",
    ],
)
async def test_time_is_limited_and_nothing_is_left_over(code: str) -> None:
    mark = f"left_over_{time.monotonic_ns()}"
    ran = await run(f"{code}import time\n{mark} = time.sleep(600)", wall=1)
    assert (ran.ended_by, ran.exit_code) == ("wall_time", None)
    assert [each for each in _command_lines() if mark in each] == []


def _command_lines() -> Iterator[str]:
    """Those of all processes that run now."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            yield file.read_bytes().decode("utf-8", "replace")


async def test_tool_is_off_by_default_for_everybody() -> None:
    result = await ToolExecutionService().execute_tool("script_execution", {"code": "1"}, STAFF)
    assert result.metadata["code"] == "unknown_tool"


async def test_tool_is_for_staff_alone_when_on(settings: Settings) -> None:
    settings.ENABLE_SCRIPT_EXECUTION = True
    service, given = ToolExecutionService(), {"code": "print(6 * 7)"}
    refused = await service.execute_tool("script_execution", given, ToolContext(user_id=2))
    assert refused.metadata["code"] == "unknown_tool"
    ran = await service.execute_tool("script_execution", given, STAFF)
    assert (ran.data["stdout"], ran.data["ended_by"]) == ("42\n", "exit")


def test_check_refuses_to_switch_it_on_where_scripts_cannot_be_confined(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENABLE_SCRIPT_EXECUTION = True
    assert check_tools(None) == []
    monkeypatch.setattr("sys.platform", "darwin")
    sandbox_problem.cache_clear()
    try:
        [error] = check_tools(None)
        assert (error.id, error.msg) == (
            "tools.E003",
            "ENABLE_SCRIPT_EXECUTION cannot be switched on here:"
            " scripts can be confined on Linux alone.",
        )
        assert not scripts.script_execution.enabled
    finally:
        sandbox_problem.cache_clear()
