"""Snakemake with --use-conda and a conda that is really there, from a channel of stubs made here.

The environment files are the repository's own. What they call python is a shell script that hands over to the
interpreter of the tests, and notes how it was called; pip installs nothing.
"""

import hashlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(shutil.which("conda") is None, reason="no conda on the PATH"),
]

# Of some packages also what the environment files must not take.
VERSIONS = {
    "python": ["3.7.12", "3.11.9", "3.13.1"],
    "pip": ["24.0"],
    "pytorch": ["2.11.0", "2.12.1", "2.13.0"],
    "pytorch3d": ["0.7.8", "0.7.9"],
}
EXPECTED = {
    "scoreface": {"python": "3.11.9", "pip": "24.0", "pytorch": "2.12.1", "pytorch3d": "0.7.9"},
    "tf_flame": {"python": "3.7.12", "pip": "24.0"},
}
# The commands that need TensorFlow or dlib.
OF_THE_FIT = {"doctor-fit", "detect", "fit", "identity"}
DEPENDS = {"pip": ["python"], "pytorch": ["python >=3.10"], "pytorch3d": ["python", "pytorch"]}

# One file for each call, because jobs run beside each other: the stub's version, the environment
# that it lies in, two variables, the arguments, and for pip what they name with -r.
STUB = """\
#!/bin/sh
{{
    echo {version}
    cd "$(dirname "$0")/.." && pwd && cd "$OLDPWD"
    echo "${{PYTHONNOUSERSITE:-}}"
    echo "${{CONDA_PREFIX:-}}"
    echo "$*"
    test "${{1:-}} ${{2:-}} ${{3:-}}" != "-m pip install" || cat "$6"
}} > "$(mktemp {notes}/XXXXXX)"
test "${{1:-}} ${{2:-}}" != "-m pip" || exit 0
exec {python} "$@"
"""
PIP = """\
#!/bin/sh
exec "$(dirname "$0")/python" -m pip "$@"
"""


class Call(NamedTuple):
    """A call of a stub's python."""

    version: str
    prefix: str
    no_user_site: str
    active: str
    arguments: str
    requirements: list[str]


class Channel(NamedTuple):
    """A conda that knows the stubs alone."""

    settings: Path
    notes: Path

    def calls(self) -> list[Call]:
        """The calls since the last time that one asked."""
        found = []
        for path in self.notes.iterdir():
            *first, arguments, rest = path.read_text().split("\n", 5)
            found.append(Call(*first, arguments, rest.split("\n") if rest else []))
            path.unlink()
        return found


def add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """A file of a package."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def pack(path: Path, index: dict, scripts: dict[str, str]) -> None:
    """A package as conda takes it."""
    contents = {f"bin/{name}": text.encode() for name, text in scripts.items()}
    paths = [
        {
            "_path": name,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_in_bytes": len(content),
        }
        for name, content in contents.items()
    ]
    with tarfile.open(path, "w:bz2") as archive:
        add(archive, "info/index.json", json.dumps(index).encode())
        add(archive, "info/files", "".join(f"{name}\n" for name in contents).encode())
        listed = {"paths": paths, "paths_version": 1}
        add(archive, "info/paths.json", json.dumps(listed).encode())
        for name, content in contents.items():
            add(archive, name, content, 0o755)


def scripts_of(name: str, version: str, notes: Path) -> dict[str, str]:
    """The commands of a package."""
    if name == "python":
        words = {"notes": shlex.quote(str(notes)), "python": shlex.quote(sys.executable)}
        stub = STUB.format(version=version, **words)
        return {"python": stub, "python3": stub}
    return {"pip": PIP} if name == "pip" else {}


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """conda-forge with a few stubs, for a user without settings of their own."""
    home, notes, forge = tmp_path / "home", tmp_path / "notes", tmp_path / "channels/conda-forge"
    for folder in (home, notes):
        folder.mkdir()
    # As if no environment were active; a setting here would go over those in a file.
    for name in [name for name in os.environ if name.startswith("CONDA") or name[:4] == "XDG_"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    settings = {
        "channels": ["conda-forge"],
        "default_channels": [forge.as_uri()],
        "custom_channels": {"conda-forge": forge.parent.as_uri()},
        "channel_priority": "strict",
        "pkgs_dirs": [str(tmp_path / "packages")],
        "envs_dirs": [str(tmp_path / "environments")],
        "offline": True,
    }
    (home / ".condarc").write_text(yaml.safe_dump(settings))

    info = subprocess.run(["conda", "info", "--json"], capture_output=True, text=True, check=True)
    for subdir in (json.loads(info.stdout)["platform"], "noarch"):
        (forge / subdir).mkdir(parents=True)
        records = {}
        for name in VERSIONS if subdir != "noarch" else []:
            for version in VERSIONS[name]:
                index = {"name": name, "version": version, "build": "0", "build_number": 0}
                index |= {"depends": DEPENDS.get(name, []), "subdir": subdir}
                path = forge / subdir / f"{name}-{version}-0.tar.bz2"
                pack(path, index, scripts_of(name, version, notes))
                content = path.read_bytes()
                sums = {kind: hashlib.new(kind, content).hexdigest() for kind in ("md5", "sha256")}
                records[path.name] = {**index, **sums, "size": len(content)}
        listing = {"info": {"subdir": subdir}, "packages": records, "packages.conda": {}}
        (forge / subdir / "repodata.json").write_text(json.dumps(listing))
    return Channel(home / ".condarc", notes)


def environments(prefix: Path, repository: Path) -> dict[str, Path]:
    """The environments below Snakemake's --conda-prefix, by the name of the file that each was made from."""
    texts = {name: (repository / f"envs/{name}.yaml").read_text() for name in EXPECTED}
    found = {}
    for copied in prefix.glob("*.yaml"):
        (name,) = [name for name, text in texts.items() if text == copied.read_text()]
        assert copied.with_suffix(".env_setup_done").exists()
        found[name] = copied.with_suffix("")
    return found


def installed(environment: Path) -> dict[str, str]:
    """What conda says it has put into an environment."""
    records = [json.loads(path.read_text()) for path in environment.glob("conda-meta/*.json")]
    return {record["name"]: record["version"] for record in records}


def pins(name: str, repository: Path) -> list[str]:
    """What an environment file leaves to pip."""
    return yaml.safe_load((repository / f"envs/{name}.yaml").read_text())["dependencies"][-1]["pip"]


def assert_made(made: dict[str, Path], calls: list[Call], repository: Path) -> None:
    """Check that conda made both environments, and called the pip of each for what the file pins."""
    assert {name: installed(path) for name, path in made.items()} == EXPECTED
    by_pip = [call for call in calls if call.arguments.startswith("-m pip install")]
    assert sorted(call.prefix for call in by_pip) == sorted(map(str, made.values()))
    for call in by_pip:
        (name,) = [name for name, path in made.items() if str(path) == call.prefix]
        assert call.version == EXPECTED[name]["python"]
        assert call.requirements == pins(name, repository)


def test_each_job_runs_in_its_environment(
    snakemake, channel: Channel, small: str, tmp_path: Path, repository: Path
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    ended = snakemake(
        folder,
        *("results/synthetic_p25/mesh/head.obj", "-j2", "--configfile", small),
        *("--use-conda", "--conda-prefix", str(tmp_path / "prefix")),
    )
    assert ended.status == 0, ended.text
    assert (folder / "results/synthetic_p25/mesh/head.obj").is_file()
    made = environments(tmp_path / "prefix", repository)
    calls = channel.calls()
    assert_made(made, calls, repository)

    jobs = [call for call in calls if call.arguments.startswith("-m scoreface ")]
    where = {call.arguments.split()[2]: call.prefix for call in jobs}
    assert {"doctor", "demo-head", "demo-photos", "detect", "fit", "project"} <= set(where)
    wrong = {
        command: prefix
        for command, prefix in where.items()
        if prefix != str(made["tf_flame" if command in OF_THE_FIT else "scoreface"])
    }
    assert not wrong
    # The environment was active, and nothing came from the user's own packages.
    assert {(call.active == call.prefix, call.no_user_site) for call in jobs} == {(True, "1")}


def test_the_environments_can_be_made_beforehand(
    snakemake, channel: Channel, small: str, tmp_path: Path, repository: Path
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    options = (folder, "-j1", "--configfile", small, "--use-conda")
    options += ("--conda-prefix", str(tmp_path / "prefix"), "--conda-create-envs-only")
    ended = snakemake(*options)
    assert ended.status == 0, ended.text
    made = environments(tmp_path / "prefix", repository)
    calls = channel.calls()
    assert_made(made, calls, repository)
    # No job ran, nor does the second time anything else.
    assert len(calls) == len(made)
    assert not (folder / "results").exists()
    assert not (folder / "resources").exists()
    ended = snakemake(*options)
    assert ended.status == 0, ended.text
    assert channel.calls() == []
