"""What Snakemake would run: dry runs in a folder where a run is complete, and the jobs that they list."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import yaml


def stage(rule: str) -> str:
    return "inpaint" if rule.startswith("inpaint_") else rule


def planned(text: str) -> set[tuple[str, str]]:
    """Rule and id (empty for a rule of all ids) of each job that a dry run lists."""
    jobs = re.split(r"^(?:local)?(?:rule|checkpoint) ", text, flags=re.MULTILINE)[1:]
    found = set()
    for job in jobs:
        id = re.search(r"^    wildcards: id=(\S+)", job, re.MULTILINE)
        found.add((stage(job.partition(":")[0]), id[1] if id else ""))
    return found - {("all", "")}


def rules(jobs: set[tuple[str, str]]) -> set[str]:
    return {rule for rule, _ in jobs}


def targets(*ids: str, results: str = "results") -> list[str]:
    """The last files of each id, asked for by name so that a plan does not end at the screening, and those of all."""
    last = ("head.glb", "before_after.png", "identity.json", "augment/views.json")
    of_all = ("summary.tsv", "licences.md", "dataset/manifest.csv")
    paths = [f"{results}/{id}/{name}" for id in ids for name in last]
    return paths + [f"{results}/{name}" for name in of_all]


class Folder:
    """A folder where a run is complete, and dry runs in it, many at once."""

    def __init__(self, repository: Path, path: Path, *configfiles: str):
        self.path = path
        self._always = ["--snakefile", str(repository / "Snakefile"), "--directory", str(path)]
        self._configfiles = configfiles

    def request(
        self, *arguments: str, changes: dict | None = None, versions: dict | None = None
    ) -> dict:
        """One dry run for :meth:`plans`, with changes of the configuration and stages of another version."""
        text = yaml.safe_dump(changes or {})
        path = self.path / f"{hashlib.sha256(text.encode()).hexdigest()}.yaml"
        path.write_text(text)
        command = [*self._always, "-n", *arguments, "--configfile", *self._configfiles, str(path)]
        return {"arguments": command, "versions": versions or {}}

    def plans(self, requests: list[dict]) -> list[set[tuple[str, str]]]:
        """Rule and id of each job of each dry run."""
        ended = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("dry_runs.py"))],
            cwd=self.path,
            input=json.dumps(requests),
            capture_output=True,
            text=True,
            check=True,
        )
        outcomes = json.loads(ended.stdout)
        failed = [text for status, text in outcomes if status]
        assert not failed, failed[0]
        return [planned(text) for _, text in outcomes]

    def plan(self, *arguments: str, **changes: dict) -> set[tuple[str, str]]:
        return self.plans([self.request(*arguments, **changes)])[0]
