"""The built-in model against sentence-transformers' vectors, and against itself."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from events.search_table.rows import Embedder
from rag.embedding.base import EmbeddingBackend, Vectors
from rag.embedding.minilm_files import GRAPH_FILE, WEIGHTS_NAME
from rag.embedding.minilm_graph import assemble, read_layout
from rag.embedding.onnx_backend import OnnxMiniLM

# Rounding alone: rows of one batch are computed in another order than single ones.
SAME = 1e-5


@dataclass(frozen=True)
class Reference:
    texts: list[str]
    vectors: NDArray[np.float64]


@pytest.fixture(scope="session")
def reference(shared_data: Path) -> Reference:
    items = json.loads((shared_data / "minilm_reference.json").read_text())["items"]
    vectors = np.array([item["vector"] for item in items])
    return Reference(
        [item["text"] for item in items], vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    )


def lowest_cosine(vectors: Vectors, expected: NDArray[np.float64]) -> float:
    return float(np.einsum("ij,ij->i", vectors.astype(np.float64), expected).min())


def test_single_texts_match_the_reference(minilm: OnnxMiniLM, reference: Reference) -> None:
    vectors = np.concatenate([minilm.embed([text]) for text in reference.texts])
    assert lowest_cosine(vectors, reference.vectors) >= 0.999999


def test_batched_texts_match_the_reference(minilm: OnnxMiniLM, reference: Reference) -> None:
    assert lowest_cosine(minilm.embed(reference.texts), reference.vectors) >= 0.999999


def test_shuffled_texts_keep_their_own_vectors(minilm: OnnxMiniLM, reference: Reference) -> None:
    order = list(range(len(reference.texts))) * 2
    random.Random(7).shuffle(order)
    vectors = minilm.embed([reference.texts[index] for index in order])
    assert lowest_cosine(vectors, reference.vectors[order]) >= 0.999999


def test_many_texts_keep_their_order_across_windows(minilm: OnnxMiniLM) -> None:
    texts = [f"event {number % 7}" for number in range(1030)]
    vectors = minilm.embed(texts)
    expected = minilm.embed(texts[:7])
    assert np.abs(vectors - expected[np.arange(1030) % 7]).max() <= SAME


def test_no_texts_give_no_rows(minilm: OnnxMiniLM) -> None:
    vectors = minilm.embed([])
    assert (vectors.shape, vectors.dtype) == ((0, 384), np.dtype(np.float32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "🎉🎊 fiesta 👨‍👩‍👧‍👦",
        "東京の無料コンサート",
        "عرض موسيقي",
        "\x00\ufffd",
        "[PAD]",
        "broken \ud83d half",
    ],
)
def test_unusual_text_has_a_unit_vector(minilm: OnnxMiniLM, text: str) -> None:
    (vector,) = minilm.embed([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_long_text_is_cut_at_256_tokens(minilm: OnnxMiniLM) -> None:
    # One token a word; two of the 256 are the marks of start and end.
    whole, cut, shorter = minilm.embed(["music " * 1667, "music " * 254, "music " * 253])
    assert len("music " * 1667) > 10_000
    assert np.abs(whole - cut).max() <= SAME
    assert np.abs(whole - shorter).max() > SAME


def test_padding_word_inside_a_text_is_not_padding(minilm: OnnxMiniLM) -> None:
    plain, marked, longer = "jazz night", "jazz [PAD] night", "jazz night with a long open end"
    alone = np.concatenate([minilm.embed([text]) for text in (plain, marked, longer)])
    assert np.abs(minilm.embed([plain, marked, longer]) - alone).max() <= SAME
    assert float(alone[0] @ alone[1]) < 0.9999


@hypothesis_settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=10), data=st.data())
def test_vectors_do_not_depend_on_their_batch(
    minilm: OnnxMiniLM, texts: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    together = minilm.embed(texts)
    shuffled = minilm.embed([texts[index] for index in order])
    assert np.abs(shuffled - together[order]).max() <= SAME
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() <= SAME
    assert np.abs(minilm.embed(texts[:1])[0] - together[0]).max() <= SAME


def test_threads_share_one_model(minilm: OnnxMiniLM) -> None:
    texts = [f"{kind} in {town}" for kind in ("jazz", "yoga") for town in ("Newton", "Davis")] * 10
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        vectors = np.concatenate(list(pool.map(lambda text: minilm.embed([text]), texts)))
    assert np.abs(vectors - expected).max() <= SAME


def test_backend_is_what_search_and_its_index_expect(minilm: OnnxMiniLM) -> None:
    backend: EmbeddingBackend = minilm
    embedder: Embedder = minilm
    assert (backend.name, backend.dimensions) == ("onnx-minilm:all-MiniLM-L6-v2", 384)
    assert embedder.embed(["jazz"]).shape == (1, 384)


def test_graph_is_the_one_that_is_assembled(published_model: Path) -> None:
    layout = read_layout(published_model / WEIGHTS_NAME)
    assert assemble(layout) == GRAPH_FILE.read_bytes()


def test_weights_are_mapped_from_the_installed_file(published_model: Path) -> None:
    code = f"""if True:
        from pathlib import Path
        import django
        django.setup()
        from rag.embedding.onnx_backend import OnnxMiniLM
        model = OnnxMiniLM(model_folder=Path({str(published_model)!r}))
        model.embed(["jazz"])
        print(Path("/proc/self/maps").read_text())
        import sys
        assert "onnx" not in sys.modules
    """
    mapped = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    assert str((published_model / WEIGHTS_NAME).resolve()) in mapped.stdout


def test_files_behind_symbolic_links_are_opened(
    minilm: OnnxMiniLM, published_model: Path, tmp_path: Path
) -> None:
    for file in (WEIGHTS_NAME, "tokenizer.json"):
        (tmp_path / file).symlink_to(published_model / file)
    linked = OnnxMiniLM(model_folder=tmp_path)
    assert np.array_equal(linked.embed(["jazz"]), minilm.embed(["jazz"]))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_other_files_than_the_published_ones_are_refused(
    published_model: Path, tmp_path: Path, name: str
) -> None:
    for file in ("model.safetensors", "tokenizer.json"):
        (tmp_path / file).symlink_to(published_model / file)
    content = bytearray((published_model / name).read_bytes())
    content[-1] ^= 1
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=f"{name} is not the published one"):
        OnnxMiniLM(model_folder=tmp_path)


def test_missing_files_are_told_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"tokenizer\.json cannot be read.*pip install"):
        OnnxMiniLM(model_folder=tmp_path)
