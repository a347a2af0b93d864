"""litellm's proxy, a gateway that many use, in a virtual environment of its own.

It is made once, in the benchmark's cache folder; nothing of it is a dependency.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stream.model import NAME
from benchmarks.stream.servers import Model, Server, free_port, running_process

_INSTALL_SECONDS = 900
_START_SECONDS = 120
_CONFIGURATION = """\
model_list:
  - model_name: benchmark
    litellm_params:
      model: ollama_chat/{name}
      api_base: {address}
litellm_settings:
  telemetry: false
"""


class GatewayMissing(Exception):
    """It could not be installed or started; the message says why."""


def is_installed(folder: Path) -> bool:
    """Whether a run before has installed it."""
    return (folder / "installed").exists()


def version_of(folder: Path) -> str:
    """Installs it, unless it is there; its version.

    Raises:
        GatewayMissing: it cannot be installed here.
    """
    python = folder / "bin" / "python"
    try:
        if not is_installed(folder):
            _run([sys.executable, "-m", "venv", str(folder)])
            _run([str(python), "-m", "pip", "install", "--quiet", "litellm[proxy]"])
            (folder / "installed").touch()
        return _run(
            [str(python), "-c", "import importlib.metadata as m; print(m.version('litellm'))"]
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise GatewayMissing(f"not installed ({type(error).__name__})") from error


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS
    )
    return done.stdout.strip()


@contextmanager
def running_gateway(folder: Path, model: Model) -> Iterator[Server]:
    """Starts it before the scripted model, with one worker, like the others.

    Raises:
        GatewayMissing: it does not start, or not soon enough.
    """
    configuration = folder / "benchmark.yaml"
    configuration.write_text(_CONFIGURATION.format(name=NAME, address=model.server.address))
    port = free_port()
    command = [
        str(folder / "bin" / "litellm"), "--config", str(configuration),
        "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1",
    ]  # fmt: skip
    environment = {
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",  # loopback alone
        "DATABASE_URL": "",  # ours; it would want to keep its own tables there
    }
    running = running_process(
        command, port, folder / "proxy.log", environment, seconds=_START_SECONDS
    )
    try:
        server = running.__enter__()
    except RuntimeError as error:
        raise GatewayMissing("not started") from error
    try:
        yield server
    finally:
        running.__exit__(None, None, None)
