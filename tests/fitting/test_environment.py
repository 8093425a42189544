"""The stage fits its own environment: Python 3.7, and nothing of the rest of the project."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


VERMIN = [sys.executable, "-c", "import vermin; vermin.main()", "-t=3.7-", "--no-tips"]


def test_syntax_and_apis_of_python_3_7():
    program = [*VERMIN, "--violations", "scoreface/fitting", "scoreface/__init__.py"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_vermin_would_notice(tmp_path):
    (tmp_path / "new.py").write_text("if (n := 3): pass\n")
    done = subprocess.run([*VERMIN, str(tmp_path / "new.py")], capture_output=True, text=True)
    assert done.returncode == 1
    assert "3.8" in done.stdout


@pytest.mark.heavy
def test_imports_nothing_of_the_other_environment():
    modules = sorted(path.stem for path in (ROOT / "scoreface" / "fitting").glob("*.py"))
    assert "fit" in modules
    # TensorFlow itself imports pandas where it finds it; None in sys.modules makes imports fail.
    script = "import sys; foreign = 'torch', 'pandas', 'chumpy', 'face_recognition_models'; "
    script += "sys.modules.update(dict.fromkeys(foreign)); "
    script += "".join(f"import scoreface.fitting.{name}; " for name in modules if name[0] != "_")
    script += (
        "import scoreface.fitting.__main__; print([name for name in sys.modules"
        " if name.startswith('scoreface.') and not name.startswith('scoreface.fitting')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_package_itself_imports_nothing():
    script = (
        "import sys; before = set(sys.modules); import scoreface.fitting;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['scoreface', 'scoreface.fitting']"
