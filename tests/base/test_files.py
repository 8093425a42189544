"""Files and folders are whole or absent, whoever else writes them, and bad ones are named."""

import hashlib
import os
import resource
import shutil
import stat
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.base.files import atomic, read_json, sha256_of, write_json, write_text


def write_folder(path, **files):
    """A folder with files by their names."""
    path.mkdir()
    for name, text in files.items():
        (path / name).write_text(text)


def content_of(folder):
    """The text of each file in a folder, by its name."""
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail_halfway():
        with atomic(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail_halfway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_block_leaves_the_old_folder_and_nothing_else(tmp_path):
    path = tmp_path / "model"
    write_folder(path, config="old")

    def fail_halfway():
        with atomic(path) as temporary:
            write_folder(temporary, config="new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert content_of(path) == {"config": "old"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_replaced_whole(tmp_path):
    path = tmp_path / "deep" / "model"
    with atomic(path) as temporary:
        write_folder(temporary, config="old", weights="old")
    assert content_of(path) == {"config": "old", "weights": "old"}
    with atomic(path) as temporary:
        write_folder(temporary, config="new")
        assert content_of(path) == {"config": "old", "weights": "old"}, "until the block ends"
    assert content_of(path) == {"config": "new"}
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be_put_in_its_place_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "model"
    write_folder(path, config="old")
    replace = os.replace

    def refuse_the_new(source, target):
        if target == str(path) and content_of(type(path)(source)) == {"config": "new"}:
            raise OSError(5, "Input/output error", source, None, target)
        replace(source, target)

    def replace_it():
        with atomic(path) as temporary:
            write_folder(temporary, config="new")

    monkeypatch.setattr(os, "replace", refuse_the_new)
    with pytest.raises(InputError, match=r"model: cannot be written \(Input/output error\)"):
        replace_it()
    assert content_of(path) == {"config": "old"}
    assert list(tmp_path.iterdir()) == [path]


def write_lines(path):
    path.write_text("half" * 1000)


def write_arrays(path):
    np.savez_compressed(path, a=np.random.default_rng(0).random(1000))


def write_array(path):
    np.save(path, np.random.default_rng(0).random(1000))


def write_picture(path):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


def copy(path):
    source = path.parent.with_name("source")
    shutil.copyfile(source, path)


def write_large_folder(path):
    write_folder(path, first="1", second="2" * 4000)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.txt", write_lines),
        ("a.npz", write_arrays),
        ("a.npy", write_array),
        ("a.png", write_picture),
        ("a.obj", copy),
        ("a", write_large_folder),
    ],
)
def test_a_write_that_is_cut_short_names_the_file(tmp_path, name, write):
    path = tmp_path / name
    path.write_text("old")
    (tmp_path / "source").write_bytes(bytes(4000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        with atomic(path) as temporary:
            # Beyond this size the system refuses to write, as on a full disk.
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
            try:
                write(temporary)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with pytest.raises(InputError, match=rf"{path}: cannot be written .* disk has room"):
        fill()
    assert path.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == [name, "source"]


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path):
    (tmp_path / "face").write_text("a file in the way")
    with pytest.raises(InputError, match=r"a\.txt: cannot be written"):
        write_text(tmp_path / "face" / "mesh" / "a.txt", "new")
    assert (tmp_path / "face").read_text() == "a file in the way"


@pytest.mark.parametrize("folder", ["", "other"])
def test_another_file_s_error_stays_its_own(tmp_path, folder):
    def copy_from_nowhere():
        with atomic(tmp_path / "a.txt") as temporary:
            shutil.copyfile(tmp_path / folder / "b.txt", temporary)

    with pytest.raises(FileNotFoundError, match=r"b\.txt"):
        copy_from_nowhere()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # the superuser may write everywhere
    try:
        with pytest.raises(InputError, match=r"a\.txt: cannot be written \(Permission denied\)"):
            write_text(closed / "a.txt", "new")
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0o022, 0o644, 0o755), (0o027, 0o640, 0o750), (0, 0o666, 0o777)]
)
def test_permissions_follow_the_umask(tmp_path, umask, file, folder):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "inner" / "a.txt", "new")
        with atomic(tmp_path / "model") as temporary:
            write_folder(temporary, config="new")
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert found == {
        tmp_path / "inner": folder,
        tmp_path / "inner" / "a.txt": file,
        tmp_path / "model": folder,
        tmp_path / "model" / "config": file,
    }


def test_two_writers_of_one_process_number_do_not_meet(tmp_path):
    """As on two nodes of a cluster, whose numbers are each node's own."""
    path = tmp_path / "a.txt"
    with atomic(path) as one:
        one.write_text("one")
        with atomic(path) as other:
            assert one != other
            other.write_text("other")
            assert one.read_text() == "one"
        assert path.read_text() == "other"
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


# Writes its letter for a second, over and over and in pieces, so that a torn file would show.
WRITER = """
import sys, time
from pathlib import Path
from scoreface.base.files import atomic
letter = sys.argv[1]
path, started, go = map(Path, sys.argv[2:])
started.touch()
while not go.exists():
    time.sleep(0.001)
end = time.monotonic() + 1
while time.monotonic() < end:
    with atomic(path) as temporary, temporary.open("w", buffering=1) as file:
        for line in range(40):
            file.write(letter * 1000 + "\\n")
"""


def test_processes_that_write_the_same_file_leave_a_whole_one(repository, tmp_path):
    path, go = tmp_path / "results" / "a.txt", tmp_path / "go"
    started = {letter: tmp_path / letter for letter in "xyz"}
    program = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*program, letter, path, mark, go], cwd=repository)
        for letter, mark in started.items()
    ]
    while not all(mark.exists() for mark in started.values()):
        assert all(writer.poll() is None for writer in writers)
    go.touch()
    whole = {(letter * 1000 + "\n") * 40 for letter in "xyz"}
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            text = path.read_text()
            assert text in whole
            seen.add(text[0])
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(seen) > 1, "they wrote at the same time"
    assert path.read_text() in whole
    assert list(path.parent.iterdir()) == [path]


def test_json_comes_back(tmp_path):
    write_json(tmp_path / "a.json", {"a": [1, None, "ä"]})
    assert read_json(tmp_path / "a.json") == {"a": [1, None, "ä"]}


def test_an_unreadable_file_is_named(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"\x00\xff half a file")
    with pytest.raises(InputError) as caught:
        read_json(path)
    assert str(path) in str(caught.value)


def test_a_checksum_is_that_of_all_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "a") == expected
    long = np.random.default_rng(0).bytes(3 << 20) + b"end"
    (tmp_path / "b").write_bytes(long)
    assert sha256_of(tmp_path / "b") == hashlib.sha256(long).hexdigest()
