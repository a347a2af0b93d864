"""The built-in model, loaded once for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.embedding.minilm_files import model_folder
from rag.embedding.onnx_backend import OnnxMiniLM


@pytest.fixture(scope="session")
def published_model() -> Path:
    folder = model_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def minilm(published_model: Path) -> OnnxMiniLM:
    return OnnxMiniLM(model_folder=published_model)
