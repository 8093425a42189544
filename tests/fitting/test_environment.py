"""The fit, and the ground under it, suit an environment of their own: Python 3.7, and nothing of the rest."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from scoreface.base.settings import subtree
from scoreface.config.schema import checked_config
from scoreface.fitting.job import Settings

ROOT = Path(__file__).resolve().parents[2]
# All that runs there: the two rooms, and the way to their stages.
ROOMS = [ROOT / "scoreface" / name for name in ("base", "fitting")]
WAY = [
    ROOT / "scoreface" / f"{name}.py" for name in ("__init__", "__main__", "cli", "stages/__init__")
]
STAGES = ("choose", "detect", "doctor_fit", "fit", "identity")
WAY += [ROOT / "scoreface" / "stages" / f"{name}.py" for name in STAGES]
FILES = [*WAY, *(file for room in ROOMS for file in sorted(room.glob("*.py")))]
MODULES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in FILES
]
# Those that need nothing but Python itself.
BARE = [
    *("scoreface.base." + name for name in ("errors", "files", "settings", "command", "findings")),
    *("scoreface.cli", "scoreface.stages", *(f"scoreface.stages.{name}" for name in STAGES)),
    *(
        "scoreface.fitting." + name
        for name in ("job", "detect_job", "packages", "apart", "child", "check")
    ),
]
VERMIN = [sys.executable, "-c", "import vermin; vermin.main()", "-t=3.7-", "--no-tips"]


def run(python: str, *arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run an interpreter on the repository, into which it writes nothing."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    program = [python, "-B", *map(str, arguments)]
    return subprocess.run(program, env=environment, cwd=cwd, capture_output=True, text=True)


def output(python: str, *arguments: object, cwd: Path = ROOT) -> str:
    """What it prints; fails where it does."""
    done = run(python, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_syntax_and_apis_of_python_3_7():
    done = subprocess.run([*VERMIN, "--violations", *FILES], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_vermin_would_notice(tmp_path):
    (tmp_path / "new.py").write_text("if (n := 3): pass\n")
    done = subprocess.run([*VERMIN, str(tmp_path / "new.py")], capture_output=True, text=True)
    assert done.returncode == 1
    assert "3.8" in done.stdout


@pytest.mark.heavy
def test_imports_nothing_of_the_other_environment():
    # TensorFlow itself imports pandas where it finds it; None in sys.modules makes imports fail.
    script = (
        "import sys; foreign = 'torch', 'pandas', 'yaml', 'chumpy', 'face_recognition_models'; "
    )
    script += "sys.modules.update(dict.fromkeys(foreign)); "
    script += f"import {', '.join(MODULES)}; "
    script += "print(*(name for name in sys.modules if name.split('.')[0] == 'scoreface'))"
    found = output(sys.executable, "-c", script).split()
    assert "scoreface.fitting.outcome" in found
    assert "scoreface.fitting.search" in found
    assert sorted(found) == sorted(MODULES)


@pytest.mark.parametrize("stage", STAGES)
def test_the_command_imports_the_stage_that_is_asked_for_alone(stage):
    script = f"import sys; from scoreface.cli import load; load('{stage}'); "
    script += "print(*(name for name in sys.modules if name.startswith('scoreface.stages')))"
    found = output(sys.executable, "-c", script).split()
    assert sorted(found) == ["scoreface.stages", f"scoreface.stages.{stage}"]


def test_the_package_itself_imports_nothing():
    script = (
        "import sys; before = set(sys.modules); import scoreface.fitting;"
        "print(sorted(set(sys.modules) - before))"
    )
    assert output(sys.executable, "-c", script).strip() == "['scoreface', 'scoreface.fitting']"


# vermin does not see all that fails when it is run, such as collections.abc.Iterator[int].


@pytest.fixture(scope="module")
def python_3_7() -> str:
    """An interpreter that runs, on the path or of pyenv's; a shim of pyenv's on the path may not."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for path in (shutil.which("python3.7"), *sorted(root.glob("versions/3.7*/bin/python"))):
        if path and run(str(path), "-c", "").returncode == 0:
            return str(path)
    pytest.skip("there is no python3.7 that runs, neither on the path nor of pyenv's")


def test_python_3_7_compiles_every_file(python_3_7):
    script = "import sys; [compile(open(f, 'rb').read(), f, 'exec') for f in sys.argv[1:]]"
    output(python_3_7, "-c", script, *FILES)


def test_python_3_7_imports_what_needs_nothing_else(python_3_7):
    output(python_3_7, "-c", f"import {', '.join(BARE)}")


def test_python_3_7_misses_foreign_packages_at_most(python_3_7):
    script = (
        "import importlib, sys\n"
        "for module in sys.argv[1:]:\n"
        "    try:\n"
        "        importlib.import_module(module)\n"
        "    except ImportError as error:\n"
        "        foreign = 'numpy', 'scipy', 'PIL', 'dlib', 'tensorflow'\n"
        "        if str(error.name).split('.')[0] not in foreign:\n"
        "            raise\n"
    )
    output(python_3_7, "-c", script, *MODULES)


# From the annotations, which are evaluated here and not when a module is imported.
@pytest.mark.parametrize("stage", STAGES)
def test_python_3_7_makes_the_command_line(python_3_7, stage):
    command = stage.replace("_", "-")
    text = output(python_3_7, "-m", "scoreface", command, "--help")
    assert text.startswith(f"usage: scoreface {command} ")


def test_python_3_7_reads_settings(python_3_7, settings):
    script = (
        "import dataclasses, json, sys\n"
        "from scoreface.base.settings import keys, read, subtree\n"
        "from scoreface.fitting.job import Settings\n"
        "config = json.loads(sys.argv[1])\n"
        "assert subtree(Settings, config) == config\n"
        "assert 'fit.weights.jaw' in list(keys(Settings))\n"
        "print(json.dumps(dataclasses.asdict(read(Settings, config))))\n"
    )
    config = json.dumps(subtree(Settings, checked_config([])))
    assert json.loads(output(python_3_7, "-c", script, config)) == asdict(settings)


def test_python_3_7_writes_files_and_folders(python_3_7, tmp_path):
    script = (
        "from pathlib import Path\n"
        "from scoreface.base.files import atomic, read_json, sha256_of, write_json\n"
        "for content in (1, 2):\n"
        "    write_json(Path('inner/a.json'), [content])\n"
        "    with atomic(Path('folder')) as temporary:\n"
        "        temporary.mkdir()\n"
        "        (temporary / str(content)).touch()\n"
        "print(read_json(Path('inner/a.json')), len(sha256_of(Path('inner/a.json'))))\n"
    )
    assert output(python_3_7, "-c", script, cwd=tmp_path).strip() == "[2] 64"
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert found == ["folder", "folder/2", "inner", "inner/a.json"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--settings", "{"], "error: --settings: not JSON"),
        (["--settings", "{}"], "error: fit.weights.landmarks: missing"),
        ([], "error: no configuration without jsonschema; give --settings"),
    ],
)
def test_python_3_7_says_what_is_wrong(python_3_7, tmp_path, more, sentence):
    names = ("photo", "detection", "outline", "record", "fit", "overlay")
    names += ("flame-model", "landmark-embedding")
    arguments = ["fit", *(part for name in names for part in (f"--{name}", "none"))]
    # -S: without the packages that may be installed there.
    done = run(python_3_7, "-S", "-m", "scoreface", *arguments, *more, cwd=tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(sentence)
