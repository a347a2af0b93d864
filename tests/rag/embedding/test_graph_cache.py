"""Files that are whole or not there, whatever other processes do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rag.embedding import graph_cache


def test_find_knows_nothing_in_a_missing_folder(tmp_path: Path) -> None:
    assert graph_cache.find(tmp_path / "missing", "key") is None


def test_stored_file_is_found_under_its_key_alone(tmp_path: Path) -> None:
    stored = graph_cache.store(tmp_path / "new" / "folder", "key1", b"graph")
    assert graph_cache.find(tmp_path / "new" / "folder", "key1") == stored
    assert graph_cache.find(tmp_path / "new" / "folder", "key") is None
    assert stored.read_bytes() == b"graph"


def test_changed_byte_is_noticed_and_the_file_removed(tmp_path: Path) -> None:
    stored = graph_cache.store(tmp_path, "key", b"graph")
    stored.write_bytes(b"grapf")
    assert graph_cache.find(tmp_path, "key") is None
    assert list(tmp_path.iterdir()) == []


def test_half_written_temporary_file_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "key.0123456789abcdef.tmp").write_bytes(b"gra")
    assert graph_cache.find(tmp_path, "key") is None


def test_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000

    def write_and_find(_: int) -> list[Path | None]:
        stored = graph_cache.store(tmp_path, "key", content)
        return [stored, graph_cache.find(tmp_path, "key")]

    with ThreadPoolExecutor(4) as pool:
        seen = {path for paths in pool.map(write_and_find, range(12)) for path in paths}
    assert seen == set(tmp_path.iterdir())
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == content
