"""What a model's name means, which files stand behind it, and their digest."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.score.identify import (
    Kind,
    hub_name,
    identify,
    is_hub_name,
    locate,
    model_digest,
    model_files,
)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A working directory with a file or folder of every kind, and some of none."""
    monkeypatch.chdir(tmp_path)
    for folder in ("folder/unet", "folder/unet@v1", "folder.pth"):
        Path(folder).mkdir(parents=True)
    for file in ("prior.npz", "network.pth", "my.yaml", "folder/mine.txt"):
        Path(file).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("prior.npz", Kind.GAUSSIAN),
        ("network.pth", Kind.CHECKPOINT),
        ("folder", Kind.FOLDER),
        ("folder/", Kind.FOLDER),
        ("folder/unet", Kind.FOLDER),
        ("folder.pth", Kind.FOLDER),
        ("google/ncsnpp-ffhq-256", Kind.HUB),
        ("owner/name.v2_1", Kind.HUB),
        ("google/ncsnpp-ffhq-256@v1.0", Kind.HUB),
        ("owner/name@refs/pr/3", Kind.HUB),
        # What is here is meant, whatever it is called.
        ("folder/unet@v1", Kind.FOLDER),
    ],
)
def test_a_name_means_one_kind_wherever_it_is_asked(name, kind, here):
    assert identify(name) is identify(Path(name)) is kind
    assert is_hub_name(name) is is_hub_name(Path(name)) is (kind is Kind.HUB)
    if kind is not Kind.HUB:
        assert identify(here / name) is kind


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("my.yaml", "no known kind of score model"),
        ("folder/mine.txt", "no known kind of score model"),
        ("missing.npz", "no such file or folder"),
        ("missing.pth", "no such file or folder"),
        ("nowhere/missing.npz", "no such file or folder"),
        ("missing", "no such file or folder"),
        # A folder of that name is here, so no owner on the hub is meant.
        ("folder/unte", "no such file or folder"),
        ("prior.npz/name", "no such file or folder"),
        ("google/ncsnpp/256", "no such file or folder"),
        ("/google/ncsnpp", "no such file or folder"),
        ("../google/ncsnpp", "no such file or folder"),
        ("https://hub/name", "no such file or folder"),
        ("folder/name@v1", "no such file or folder"),
        ("owner/name@", "no such file or folder"),
        ("owner/name@v1@v2", "no such file or folder"),
        ("owner/prior.npz@v1", "no such file or folder"),
    ],
)
def test_anything_else_is_named(name, problem, here):
    with pytest.raises(InputError) as caught:
        identify(name)
    assert str(caught.value).startswith(f"{name}: {problem}; a score model is a Gaussian prior")
    assert str(caught.value).endswith(f"relative paths count from {here}")
    assert not is_hub_name(name)


def test_a_revision_stands_behind_the_name(here):
    assert hub_name("owner/name") == ("owner/name", None)
    assert hub_name("owner/name@0123abc") == ("owner/name", "0123abc")
    assert hub_name(Path("owner/name@refs/pr/3")) == ("owner/name", "refs/pr/3")
    assert hub_name("folder/name@v1") is None


def test_the_workflow_needs_nothing_heavy_to_ask():
    heavy = "{'torch', 'numpy', 'diffusers', 'huggingface_hub'}"
    code = f"import sys, scoreface.score.identify; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def folder(here) -> Path:
    """A folder of diffusers with a model card, and what a download leaves behind."""
    files = ("unet/config.json", "unet/a.safetensors", "scheduler/b.json", "c.bin", "README.md")
    for name in (*files, ".cache/d.lock"):
        path = here / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (here / "model" / "empty.bin").mkdir()
    return here / "model"


SCORED = ["c.bin", "scheduler/b.json", "unet/a.safetensors", "unet/config.json"]


def test_the_files_of_a_model_are_those_that_its_score_depends_on(folder):
    assert model_files(folder) == [folder / name for name in SCORED]
    assert model_files("model") == [Path("model", name) for name in SCORED]
    assert model_files("network.pth") == [Path("network.pth")]


def test_the_files_of_a_hub_name_are_those_of_its_copy_here(folder, on_hub):
    on_hub("owner/name", folder)
    assert [file.read_text() for file in model_files("owner/name")] == SCORED
    assert model_digest("owner/name") == model_digest(folder)


def test_the_place_of_a_hub_name_is_the_copy_of_one_commit(folder, on_hub):
    copy = on_hub("owner/name", folder)
    assert locate("owner/name") == locate("owner/name@main") == (copy, "0" * 40)
    assert locate("model") == (Path("model"), "")
    # A branch that moves meanwhile does not move what was found.
    (copy.parent.parent / "refs" / "main").write_text("1" * 40)
    assert model_files(copy) == [copy / name for name in SCORED]


def test_the_digest_of_a_file_is_its_sha256(here):
    Path("prior.npz").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert model_digest("prior.npz") == expected


def test_the_digest_of_a_folder_is_that_of_what_sha256sum_says_in_it(folder, monkeypatch):
    monkeypatch.chdir(folder)
    sums = os.popen(f"sha256sum {' '.join(SCORED)}").read()
    digest = model_digest(folder)
    assert digest == model_digest(".") == hashlib.sha256(sums.encode()).hexdigest()
    (folder / "README.md").write_text("another card")
    assert model_digest(folder) == digest
    (folder / "c.bin").rename(folder / "d.bin")
    renamed = model_digest(folder)
    assert renamed != digest
    (folder / "d.bin").write_text("other weights")
    assert model_digest(folder) not in (digest, renamed)


def test_a_file_without_a_digest_is_named(here):
    with pytest.raises(InputError, match=r"^missing\.npz: cannot be read \(No such file"):
        model_digest("missing.npz")
