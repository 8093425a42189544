"""The look at the fit's environment as a command, with its exit status."""

import json
import os
import subprocess
import sys

import pytest

from scoreface.base.settings import subtree
from scoreface.config.schema import checked_config
from scoreface.stages.doctor_fit import Settings

pytestmark = pytest.mark.heavy


@pytest.fixture
def run(tmp_path):
    """Run the command in a Python of its own, whose libraries nobody has imported yet."""

    def call(settings=None, first="", config=None) -> subprocess.CompletedProcess[str]:
        (tmp_path / "sitecustomize.py").write_text(first)
        given = json.dumps(subtree(Settings, checked_config([])))
        options = ["--configfile", config] if config else ["--settings", settings or given]
        command = [sys.executable, "-m", "scoreface", "doctor-fit", "--out", "found.txt", *options]
        path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_all_is_well(run, tmp_path):
    ended = run()
    assert ended.returncode == 0, ended.stdout
    assert ended.stderr == "", "none of TensorFlow's own messages"
    assert (tmp_path / "found.txt").read_text() == ended.stdout
    assert "package tensorflow               ok " in ended.stdout
    assert ended.stdout.endswith("Nothing stands in the way of a run.\n")


def test_something_is_missing(run, tmp_path):
    ended = run(first="import sys; sys.modules['tensorflow'] = None")
    assert ended.returncode == 1
    assert ended.stdout.count("\nerror: ") == 1
    assert "\nerror: package tensorflow: cannot be imported (" in ended.stdout
    assert not (tmp_path / "found.txt").exists()


def test_a_configuration_is_taken_too(run, tmp_path):
    (tmp_path / "my.yaml").write_text("fit: {engine: external}\n")
    ended = run(config="my.yaml")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count("not used") == 6
