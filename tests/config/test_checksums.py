"""Checksums of files and folders, and what is remembered of them."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.config import checksums
from scoreface.config.checksums import content_checksums
from scoreface.score import identify


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory" / "checksums.json"


def test_a_file_has_the_sha256_of_its_content(tmp_path: Path, memory: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert content_checksums([path], memory) == {path: expected}


def test_a_folder_has_one_of_names_and_contents(tmp_path: Path, memory: Path) -> None:
    def folder(name: str, files: dict[str, str]) -> str:
        for file, text in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return content_checksums([tmp_path / name], memory)[tmp_path / name]

    first = folder("a", {"config.json": "1", "unet/weights.bin": "2"})
    assert folder("b", {"config.json": "1", "unet/weights.bin": "2"}) == first
    assert folder("c", {"config.json": "2", "unet/weights.bin": "1"}) != first
    assert folder("d", {"config.json": "1", "vae/weights.bin": "2"}) != first
    # A model card changes no score.
    assert folder("e", {"config.json": "1", "unet/weights.bin": "2", "README.md": "card"}) == first


def test_what_was_not_touched_is_not_read_again(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "model.pkl", tmp_path / "other.pkl"
    path.write_bytes(b"1")
    other.write_bytes(b"2")
    read = []
    monkeypatch.setattr(
        checksums, "model_digest", lambda path: read.append(path) or path.read_text()
    )
    for _ in range(2):
        assert content_checksums([path, other], memory) == {path: "1", other: "2"}
    assert read == [path, other]
    path.write_bytes(b"3")
    os.utime(path, ns=(0, 0))
    assert content_checksums([path, other], memory) == {path: "3", other: "2"}
    assert read[2:] == [path]


@pytest.mark.parametrize("content", ["{", "[]", '{"x": 3'])
def test_a_damaged_memory_is_made_anew(tmp_path: Path, memory: Path, content: str) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(b"abc")
    memory.parent.mkdir()
    memory.write_text(content)
    digest = hashlib.sha256(b"abc").hexdigest()
    assert content_checksums([path], memory) == {path: digest}
    assert json.loads(memory.read_text())[str(path)]["checksum"] == digest


def test_an_unreadable_file_is_named(tmp_path: Path, memory: Path, monkeypatch) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(b"abc")

    def refuse(file: Path) -> str:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(identify, "sha256_of", refuse)
    with pytest.raises(InputError, match=r"model\.pkl: cannot be read \(Permission denied\)"):
        content_checksums([path], memory)
