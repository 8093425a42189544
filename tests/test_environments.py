"""The environment files: what they pin resolves, and they have what the code imports."""

import ast
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
# With the oldest C library that the pinned wheels are made for.
PLATFORMS = {"tf_flame": "x86_64-manylinux2014", "scoreface": "x86_64-manylinux_2_28"}
# Modules that are called otherwise than the distribution that brings them.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "dlib": "dlib-bin",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
}
OFFLINE = ("Failed to fetch", "network was disabled", "connection broken by", "dns error")


def _parts(name: str) -> tuple[list[str], list[str]]:
    """What an environment takes from conda, and from PyPI."""
    *conda, last = yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text())["dependencies"]
    return conda, last["pip"]


def _distributions_imported(files: Iterable[Path]) -> set[str]:
    """The distributions beyond Python's own whose modules the files import."""
    modules = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add((node.module or "").split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {"scoreface"}
    return {DISTRIBUTIONS.get(name, name).replace("_", "-") for name in foreign}


@pytest.mark.parametrize("name", PLATFORMS)
def test_all_from_pypi_is_pinned_and_little_comes_from_conda(name):
    conda, pip = _parts(name)
    assert all(line.count("==") == 1 for line in pip)
    needed = {"tf_flame": set(), "scoreface": {"pytorch", "pytorch3d"}}[name]
    assert {line.partition("=")[0] for line in conda} == {"python", "pip"} | needed


def test_one_channel_and_no_name_that_conda_takes_for_another():
    for name in PLATFORMS:
        channels = yaml.safe_load((ROOT / "envs" / f"{name}.yaml").read_text())["channels"]
        # "nodefaults" was a word of older condas; from 26.7 on it is looked for as a channel.
        assert channels == ["conda-forge"]


def test_no_pin_file_without_the_part_from_pypi():
    # With a pin file Snakemake makes the environment from that alone, and pip's part is left out.
    for pins in (ROOT / "envs").glob("*.pin.txt"):
        script = pins.with_name(pins.name.split(".")[0] + ".post-deploy.sh")
        assert "pip install" in script.read_text(), pins


def _files(*places: str) -> set[Path]:
    """The package's modules in some folders, with those below, or single ones."""
    paths = [ROOT / "scoreface" / place for place in places]
    return {file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])}


# The ground is both environments'; the rest of what the fit runs is its own.
GROUND = _files("base", "__init__.py", "__main__.py", "cli.py", "stages/__init__.py")
FITTING = _files(
    "fitting",
    "stages/choose.py",
    "stages/detect.py",
    "stages/doctor_fit.py",
    "stages/fit.py",
    "stages/identity.py",
)
# No stages: they run outside of the workflow's environments.
BENCHMARK = _files("benchmark")
VERIFY = _files("verify")
# Where the workflow itself runs; its jobs are given their settings as JSON.
CONFIG = _files("config")
LAUNCH = _files("launch")


def test_the_environments_have_what_the_code_imports():
    others = _files("") - FITTING - BENCHMARK - VERIFY - LAUNCH
    for name, files in (("tf_flame", GROUND | FITTING), ("scoreface", others)):
        conda, pip = _parts(name)
        there = {line.partition("=")[0].replace("_", "-") for line in (*conda, *pip)}
        there |= {"torch"} if "pytorch" in there else set()
        assert _distributions_imported(files) <= there, name
    assert {"numpy", "pillow", "scipy"} <= _distributions_imported(GROUND)


def test_the_configuration_needs_nothing_beyond_snakemake():
    needs = importlib.metadata.requires("snakemake")
    there = {re.match(r"[\w-]+", line)[0].lower() for line in needs if "extra ==" not in line}
    assert _distributions_imported(CONFIG) == {"jsonschema", "pyyaml"}
    assert _distributions_imported(CONFIG) <= there


def test_the_package_with_snakemake_has_what_a_launch_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    there = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    assert "snakemake" in _distributions_imported(LAUNCH)
    assert _distributions_imported(LAUNCH) <= {*there, "snakemake"}
    assert project["optional-dependencies"]["workflow"] == ["snakemake[reports]>=9.19"]


@pytest.mark.parametrize(("extra", "files"), [("benchmark", BENCHMARK), ("verify", VERIFY)])
def test_an_extra_has_what_its_room_imports(extra, files):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert "scoreface[fitting]" in extras[extra]
    lines = [*project["dependencies"], *extras[extra], *extras["fitting"]]
    there = {line.partition("=")[0].replace("_", "-") for line in lines}
    imported = _distributions_imported(files)
    assert "opencv-python-headless" in imported
    assert imported <= there


def _resolve(requirements: list[str], python: str, platform: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "-"]
    command += ["--python-version", python, "--python-platform", platform]
    text = "\n".join(requirements)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if any(sign in done.stderr for sign in OFFLINE):
        pytest.skip("the package index cannot be reached")
    return done


needs_uv = pytest.mark.skipif(
    importlib.util.find_spec("uv") is None, reason="uv, which resolves, is not installed"
)


@pytest.mark.heavy
@needs_uv
@pytest.mark.parametrize("name", PLATFORMS)
def test_the_pins_resolve_for_the_python_of_the_environment(name):
    conda, pip = _parts(name)
    python = next(line for line in conda if line.startswith("python=")).partition("=")[2]
    done = _resolve(pip, python, PLATFORMS[name])
    assert done.returncode == 0, done.stderr
    resolved = {line.split(" ")[0] for line in done.stdout.splitlines() if line[0] not in "# "}
    # Nothing of what the pins need floats.
    assert {line.replace("_", "-") for line in pip} == resolved


@pytest.mark.heavy
@needs_uv
def test_the_gpu_variant_of_the_fit_resolves_too():
    _, pip = _parts("tf_flame")
    variant = [line.replace("tensorflow==", "tensorflow-gpu==") for line in pip]
    done = _resolve(variant, "3.7", PLATFORMS["tf_flame"])
    assert done.returncode == 0, done.stderr
    assert "\ntensorflow-gpu==1.15.5\n" in done.stdout
    assert variant[0] in (ROOT / "envs" / "tf_flame.yaml").read_text()


@pytest.mark.heavy
@needs_uv
def test_pins_that_cannot_go_together_would_be_noticed():
    clash = ["tensorflow==1.15.5", "protobuf==3.20.3", "numpy==1.19.5"]
    done = _resolve(clash, "3.7", PLATFORMS["tf_flame"])
    assert done.returncode == 1
    assert "numpy" in done.stderr


def _chains(source: str) -> Iterator[tuple[str, ...]]:
    """The attribute chains that start at ``tf``: ``tf.linalg.matvec(...)`` gives ("linalg", "matvec")."""
    tree = ast.parse(source)
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for node in ast.walk(tree):
        names: list[str] = []
        current: ast.AST = node
        while isinstance(current, ast.Attribute):
            names.insert(0, current.attr)
            current = current.value
        if names and id(node) not in inner and isinstance(current, ast.Name) and current.id == "tf":
            yield tuple(names)


def _missing(chain: tuple[str, ...], symbols: dict[str, list[str]]) -> bool:
    """Whether TensorFlow lacks the chain; what follows after a class or a function is not its affair."""
    module = ""
    for name in chain:
        if name not in symbols[module]:
            return True
        module = f"{module}.{name}".strip(".")
        if module not in symbols:
            return False
    return False


def _download_symbols(folder: Path) -> dict[str, list[str]]:
    """The names in each module of compat.v1 of TensorFlow 1.15.5, read from its wheel; "" is compat.v1 itself."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.7", "--implementation", "cp", "--abi", "cp37m"]
    command += ["--platform", "manylinux2010_x86_64", "--retries", "1", "--dest", str(folder)]
    command += ["tensorflow==1.15.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stderr for sign in OFFLINE):
        pytest.skip("the package index, which has the wheel of TensorFlow 1.15.5, is out of reach")
    assert done.returncode == 0, done.stderr
    root = PurePosixPath("tensorflow_core/_api/v1/compat/v1")
    symbols = {}
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for entry in map(PurePosixPath, wheel.namelist()):
            if entry.name == "__init__.py" and entry.is_relative_to(root):
                module = ".".join(entry.parent.relative_to(root).parts)
                tree = ast.parse(wheel.read(str(entry)))
                imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
                symbols[module] = sorted({a.asname or a.name for n in imports for a in n.names})
    return symbols


@pytest.fixture(scope="module")
def symbols(request, tmp_path_factory) -> dict[str, list[str]]:
    """The names of TensorFlow 1.15.5, kept from run to run so that its 110 MB are fetched once."""
    key = "scoreface/tensorflow-1.15.5-compat-v1"
    found = request.config.cache.get(key, None)
    if found is None:
        found = _download_symbols(tmp_path_factory.mktemp("wheel"))
        request.config.cache.set(key, found)
    return found


@pytest.mark.heavy
def test_the_fit_uses_only_what_tensorflow_1_15_has(symbols):
    used = set()
    for file in GROUND | FITTING:
        source = file.read_text()
        used |= set(_chains(source))
        lines = [line.strip() for line in source.splitlines()]
        imports = [line for line in lines if line.startswith(("import tensorf", "from tensorf"))]
        assert imports in ([], ["import tensorflow.compat.v1 as tf"])
    assert {("linalg", "matvec"), ("gradients",), ("Session",)} <= used
    assert [".".join(chain) for chain in sorted(used) if _missing(chain, symbols)] == []


@pytest.mark.heavy
def test_symbols_that_came_later_would_be_noticed(symbols):
    source = "tf.experimental.numpy.dot(a); tf.linalg.banded_triangular_solve(a); tf.linalg.inv(tf.Tensor.x.y)"
    missing = {chain for chain in _chains(source) if _missing(chain, symbols)}
    assert missing == {("experimental", "numpy", "dot"), ("linalg", "banded_triangular_solve")}


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_image_has_what_the_environment_has(name, tmp_path):
    lines = (ROOT / "envs" / f"{name}.Dockerfile").read_text().replace("\\\n", " ").splitlines()
    steps = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    assert set(steps) == {"FROM", "COPY", "RUN"}
    conda, pip = _parts(name)
    python = next(line for line in conda if line.startswith("python=")).partition("=")[2]
    assert steps["FROM"] == f"python:{python}-slim-bookworm"
    *sources, target = steps["COPY"].split()
    assert target == "/tmp/"
    for source in sources:
        shutil.copy(ROOT / source, tmp_path)
    # The step that reads the pins, as the image's shell would run it.
    read_pins = steps["RUN"].partition("&&")[0].replace("/tmp/", f"{tmp_path}/")
    subprocess.run(["sh", "-c", read_pins], check=True)
    assert (tmp_path / "pins.txt").read_text().split() == pip
