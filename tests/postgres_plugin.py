"""Gives the test run a Postgres of its own, before Django reads its settings.

With `TEST_DATABASE_URL` set, that server is used; else an embedded one is
started in a temporary folder and thrown away afterwards. The processes of a
parallel run share the server of the one that started them; each has a folder
and a database of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from superschedules import embedded_postgres

_resources = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        folder = Path(os.environ["DATA_DIR"]) / worker
        folder.mkdir()
        os.environ["DATA_DIR"] = str(folder)
        return
    folder = Path(tempfile.mkdtemp(prefix="superschedules-tests-"))
    _resources.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DATA_DIR"] = str(folder)
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        url = _resources.enter_context(embedded_postgres.running(folder))
    os.environ["DATABASE_URL"] = url


def pytest_unconfigure() -> None:
    _resources.close()
