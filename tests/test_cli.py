"""The command line: what it lists, what it imports, and one sentence and exit status 1 for bad input."""

import json
import re
import subprocess
import sys

import pytest

from scoreface import __version__
from scoreface.cli import COMMANDS, load, main

SETTINGS = json.dumps({"preprocess": {"dark_threshold": 50, "dark_texels": "all"}})


def preprocess(folder, *arguments):
    """The arguments of a command that reads and writes pictures in a folder."""
    names = ("texture", "seen", "large", "known")
    paths = [part for name in names for part in (f"--{name}", str(folder / f"{name}.png"))]
    return ["preprocess", *arguments, *paths]


def test_bad_input_ends_with_one_sentence(tmp_path):
    (tmp_path / "seen.png").write_text("not a picture")
    (tmp_path / "texture.png").write_text("not a picture")
    command = preprocess(tmp_path, "--settings", SETTINGS)
    done = subprocess.run(
        [sys.executable, "-m", "scoreface", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {tmp_path / 'texture.png'}: cannot be read as a picture")
    assert not (tmp_path / "large.png").exists()


def test_a_missing_file_ends_with_one_sentence(tmp_path):
    command = ["order-views", "--axis-angle", str(tmp_path / "none.npy"), "--out", "v.json"]
    with pytest.raises(SystemExit, match=r"^error: .*none\.npy"):
        main(command)


def test_a_checkpoint_that_is_none_is_refused(tmp_path):
    (tmp_path / "model.pth").write_text("no checkpoint")
    with pytest.raises(SystemExit, match=r"^error: .*model\.pth"):
        main(["score", "convert", str(tmp_path / "model.pth"), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "--settings: not JSON"),
        ("{}", "preprocess.dark_threshold: missing"),
        ('{"preprocess": {"dark_threshold": NaN}}', "preprocess.dark_threshold: nan is no number"),
    ],
)
def test_settings_that_are_none_are_named(text, sentence, tmp_path):
    with pytest.raises(SystemExit, match=f"^error: {sentence}"):
        main(preprocess(tmp_path, "--settings", text))


def test_a_configuration_is_checked_whole(tmp_path):
    (tmp_path / "my.yaml").write_text("preprocess: {dark_threshold: 300}\nrender: {sise: 3}\n")
    with pytest.raises(SystemExit) as caught:
        main(preprocess(tmp_path, "--configfile", str(tmp_path / "my.yaml")))
    lines = caught.value.code.splitlines()
    assert lines[0].startswith("error: preprocess.dark_threshold: 300 is not allowed")
    assert lines[1] == "render.sise: unknown key; did you mean size?"
    assert len(lines) == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_parts_and_its_help(name, capsys):
    module = load(name)
    assert all(hasattr(module, part) for part in ("Inputs", "Outputs", "Settings", "run"))
    with pytest.raises(SystemExit) as caught:
        main([*name.split(), "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: scoreface {name} ")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_every_command_with_its_summary(flag, capsys):
    with pytest.raises(SystemExit) as caught:
        main([flag])
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    for name in COMMANDS:
        (line,) = (line for line in lines if line.startswith(f"  {name:24}"))
        assert line.endswith(".")


def test_the_listing_begins_with_what_one_wants_and_has_the_stages_in_their_order(capsys):
    with pytest.raises(SystemExit):
        main(["-h"])
    listed = re.findall(r"^  ([a-z][a-z0-9 -]*?)  +[A-Z]", capsys.readouterr().out, re.MULTILINE)
    listed = [name for name in listed if name in COMMANDS]
    assert listed == list(COMMANDS)
    assert listed[0] == "run"
    order = ("detect", "parse", "fit", "screen", "project", "inpaint", "merge", "render", "summary")
    assert [name for name in listed if name in order] == list(order)


def test_without_a_command_they_are_listed(capsys):
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "  fit  " in capsys.readouterr().err


def test_the_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fitt"], "unknown command 'fitt'; scoreface -h lists them"),
        (["score"], "unknown command 'score'"),
        (["score", "conver", "a"], "unknown command 'score conver'"),
        (["--colour", "fit"], "--colour"),
    ],
)
def test_an_unknown_command_is_named(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert sentence in capsys.readouterr().err


def test_reading_all_stages_imports_nothing_heavy():
    """The workflow does so whenever it starts."""
    script = (
        "import sys; from scoreface.cli import load; from scoreface.stages import STAGES;"
        "[load(name) for name in STAGES];"
        "print([name for name in sys.modules if name in "
        "('numpy', 'torch', 'tensorflow', 'PIL', 'scipy', 'trimesh', 'dlib', 'diffusers')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
