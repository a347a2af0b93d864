"""`file_retrieval`: text below one folder, and no way out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from chat_service.tools import ToolContext, ToolExecutionService, ToolResult
from chat_service.tools.system.files import retrieve
from core.errors import AppError, InvalidRequest, NotFound

STAFF = ToolContext(user_id=1, is_staff=True)
MOST = 1000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few files, beside a secret that must not be read."""
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "open"
    (root / "notes").mkdir(parents=True)
    (root / "notes" / "venues.txt").write_text("The hall has 200 seats – and a stage.")
    (root / ".hidden").write_text("hidden")
    return root


def test_text_is_read(folder: Path) -> None:
    read = retrieve(folder, "notes/venues.txt", most_bytes=MOST)
    assert read.text == "The hall has 200 seats – and a stage."
    assert (read.path, read.size) == ("notes/venues.txt", 39)
    assert retrieve(folder, "./notes//venues.txt", most_bytes=MOST) == read


def test_folders_are_listed_without_links_and_hidden_names(folder: Path) -> None:
    (folder / "way out").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    assert retrieve(folder, "", most_bytes=MOST).names == ["notes/"]
    assert retrieve(folder, "notes", most_bytes=MOST).names == ["venues.txt"]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "notes/../../secret.txt",
        "notes/..",
        "..",
        "/etc/passwd",
        "~/.bashrc",
        "notes\\..\\..\\secret.txt",
        "notes/venues.txt\x00.png",
        "/".join(["a"] * 30),
    ],
)
def test_path_that_leads_out_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        retrieve(folder, path, most_bytes=MOST)
    assert list(refused.value.fields) == ["path"]


@pytest.mark.parametrize("target", ["../secret.txt", "/etc/passwd", "notes/venues.txt"])
def test_symbolic_link_is_not_followed(folder: Path, target: str) -> None:
    (folder / "link.txt").symlink_to(target)
    with pytest.raises(NotFound):
        retrieve(folder, "link.txt", most_bytes=MOST)


def test_symbolic_link_to_a_folder_is_not_followed(folder: Path) -> None:
    (folder / "up").symlink_to("..")
    for path in ("up", "up/secret.txt", "up/open/notes/venues.txt"):
        with pytest.raises(NotFound):
            retrieve(folder, path, most_bytes=MOST)


def test_hard_link_is_refused(folder: Path) -> None:
    os.link(folder.parent / "secret.txt", folder / "mine.txt")
    with pytest.raises(InvalidRequest, match="hard link"):
        retrieve(folder, "mine.txt", most_bytes=MOST)


def test_pipe_is_refused_without_waiting_for_a_writer(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(InvalidRequest, match="must be a file"):
        retrieve(folder, "pipe", most_bytes=MOST)


def test_folder_that_is_open_may_itself_be_a_link(folder: Path) -> None:
    (folder.parent / "alias").symlink_to(folder)
    read = retrieve(folder.parent / "alias", "notes/venues.txt", most_bytes=MOST)
    assert read.text == "The hall has 200 seats – and a stage."


def test_size_is_limited(folder: Path) -> None:
    (folder / "long.txt").write_text("x" * MOST)
    assert retrieve(folder, "long.txt", most_bytes=MOST).size == MOST
    (folder / "long.txt").write_text("x" * (MOST + 1))
    with pytest.raises(InvalidRequest, match="at most 1000 bytes"):
        retrieve(folder, "long.txt", most_bytes=MOST)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\x00b"])
def test_what_is_no_text_is_refused(folder: Path, content: bytes) -> None:
    (folder / "image.txt").write_bytes(content)
    with pytest.raises(InvalidRequest, match="UTF-8"):
        retrieve(folder, "image.txt", most_bytes=MOST)


@pytest.mark.parametrize(
    "path",
    ["nothing.txt", "nothing/venues.txt", "notes/venues.txt/more", ".hidden", "notes/.git/x"],
)
def test_missing_file_is_not_found(folder: Path, path: str) -> None:
    with pytest.raises(AppError) as refused:
        retrieve(folder, path, most_bytes=MOST)
    assert refused.value.code == "not_found"


async def _read(context: ToolContext) -> ToolResult:
    given = {"path": "notes/venues.txt"}
    return await ToolExecutionService().execute_tool("file_retrieval", given, context)


async def test_tool_is_off_by_default_for_everybody() -> None:
    assert (await _read(STAFF)).metadata["code"] == "unknown_tool"


async def test_tool_is_for_staff_alone_when_on(folder: Path, settings: Settings) -> None:
    settings.ENABLE_FILE_RETRIEVAL = True
    settings.FILE_RETRIEVAL_DIR = folder
    assert (await _read(ToolContext(user_id=2))).metadata["code"] == "unknown_tool"
    read = await _read(STAFF)
    assert (read.success, read.data["size"]) == (True, 39)
