"""``scoreface run``: what it writes and calls, and what it refuses."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.config.detector import FACE_MESH
from scoreface.config.ids import read_ids
from scoreface.config.parser import PERSON_MODEL
from scoreface.config.photos import WORK
from scoreface.launch import command, lent, workflow
from scoreface.parse.face_mesh_model import MEMBERS


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines of Snakemake that would be run, from a folder of the user's own."""
    calls: list[list[str]] = []

    def run(words: list[str]) -> int:
        calls.append(list(words))
        return 0

    monkeypatch.setattr(workflow, "run", run)
    monkeypatch.delenv("SNAKEMAKE_PROFILE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "team").mkdir()
    for name in ("Zoë.jpg", "b.png"):
        (tmp_path / "team" / name).touch()
    return calls


def value(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def test_a_folder_of_photos_becomes_a_list_and_a_run(
    called: list[list[str]], tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture
) -> None:
    main(["run", "team"])
    out = tmp_path / "scoreface-team"
    assert [face.id for face in read_ids(out / "photos.tsv")] == ["Zoe", "b"]
    (words,) = called
    assert value(words, "--snakefile") == str(repository / "Snakefile")
    assert value(words, "--directory") == str(out / WORK)
    assert value(words, "--configfile") == str(out / "settings.yaml")
    assert value(words, "--jobs") == str(len(os.sched_getaffinity(0)))
    said = capsys.readouterr().out.splitlines()
    assert said == ["'Zoë.jpg' -> Zoe", "2 photos; results go to scoreface-team/"]


@pytest.mark.parametrize(
    ("photos", "name"),
    [
        (["team"], "scoreface-team"),
        (["team/"], "scoreface-team"),
        (["team/Zoë.jpg"], "scoreface-Zoe"),
        (["team/Zoë.jpg", "team/b.png"], "scoreface-results"),
    ],
)
def test_results_are_named_after_the_photos(
    called: list[list[str]], photos: list[str], name: str
) -> None:
    assert command.default_out([Path(photo) for photo in photos]) == Path(name)


def test_options_go_to_snakemake_and_jobs_as_they_are_given(called: list[list[str]]) -> None:
    main(["run", "team", "-j", "3", "--", "-n", "--rerun-triggers", "mtime"])
    (words,) = called
    assert value(words, "--jobs") == "3"
    assert words[-3:] == ["-n", "--rerun-triggers", "mtime"]


@pytest.mark.parametrize("rest", [["--profile", "mine"], ["--workflow-profile=mine"], ["-j7"]])
def test_the_callers_profile_says_how_many_jobs(called: list[list[str]], rest: list[str]) -> None:
    main(["run", "team", "--", *rest])
    (words,) = called
    assert "--jobs" not in words
    assert ("--workflow-profile" in words) == (rest != ["--workflow-profile=mine"])


def test_the_callers_profile_may_be_in_the_environment(
    called: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAKEMAKE_PROFILE", "mine")
    main(["run", "team"])
    assert "--jobs" not in called[0]


def test_settings_are_taken_again_until_others_are_given(
    called: list[list[str]], capsys: pytest.CaptureFixture
) -> None:
    settings = Path("scoreface-team/settings.yaml")
    main(["run", "team", "--views", "-30", "30"])
    first = settings.read_text()
    main(["run", "team"])
    assert settings.read_text() == first
    assert "settings as in scoreface-team/settings.yaml" in capsys.readouterr().out
    main(["run", "team", "--views", "0"])
    assert settings.read_text() != first


def test_photos_are_added_where_the_folder_is_named(called: list[list[str]]) -> None:
    Path("more").mkdir()
    Path("more", "c.jpg").touch()
    main(["run", "team", "--out", "all"])
    main(["run", "more", "--out", "all"])
    assert [face.id for face in read_ids(Path("all/photos.tsv"))] == ["Zoe", "b", "c"]


def test_other_photos_are_not_added_to_a_folder_that_nobody_named(called: list[list[str]]) -> None:
    Path("elsewhere/team").mkdir(parents=True)
    Path("elsewhere/team/c.jpg").touch()
    main(["run", "team"])
    with pytest.raises(SystemExit, match="scoreface-team holds the faces of other photos"):
        main(["run", "elsewhere/team"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("summary.tsv", "has results of another list in it"), ("mine.txt", "has other files in it")],
)
def test_a_folder_of_something_else_is_refused(
    called: list[list[str]], name: str, sentence: str
) -> None:
    Path("out").mkdir()
    Path("out", name).touch()
    with pytest.raises(SystemExit, match=f"error: --out: .*/out {sentence}"):
        main(["run", "team", "--out", "out"])
    assert called == []


def test_what_was_downloaded_is_handed_on(
    called: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"a network"
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(lent, "SHA256", sha256)
    monkeypatch.setattr(lent, "MEMBERS", [member._replace(sha256=sha256) for member in MEMBERS])
    names = (PERSON_MODEL, *FACE_MESH)
    for folder, text in (("damaged", b"half"), ("whole", content)):
        for name in names:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    lent.lend(tmp_path / "one", [tmp_path / "none", tmp_path / "damaged"])
    assert not (tmp_path / "one").exists()
    lent.lend(tmp_path / "one", [tmp_path / "damaged", tmp_path / "whole"])
    lent.keep(tmp_path / "one")
    # Now from the cache alone.
    main(["run", "team"])
    for name in names:
        assert (tmp_path / "scoreface-team" / WORK / name).read_bytes() == content


def test_the_exit_status_is_snakemakes(
    called: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "run", lambda words: 1)
    with pytest.raises(SystemExit) as caught:
        main(["run", "team"])
    assert caught.value.code == 1


def test_a_package_without_the_workflow_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoreface.__file__", str(tmp_path / "scoreface" / "__init__.py"))
    with pytest.raises(InputError, match="installed without the workflow"):
        workflow.snakefile()


def test_a_missing_snakemake_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"has no Snakemake; pip install .*workflow"):
        workflow.snakefile()


def test_snakemakes_first_lines_are_left_out() -> None:
    script = (
        "import sys; from scoreface.launch.snakemake import Without; sys.stderr = Without(sys.stderr);"
        "print('Using workflow specific profile x for ...', file=sys.stderr);"
        "sys.stderr.write('\\x1b[33mAssuming unrestricted shared\\x1b[0m'); sys.stderr.write('\\n');"
        "print('an error', file=sys.stderr); print(file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == "an error\n\n"
