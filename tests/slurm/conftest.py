"""A SLURM of one node on this machine: Debian's, with two made-up GPUs and no accounting database."""

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# The executor plugin does not pass SLURM_CONF on, so the configuration has to be where SLURM looks by itself.
ETC = Path("/etc/slurm")
MARK = "# From the tests of ScoreFace\n"

# As many cores and as much memory as the jobs want, whatever this machine has. The partitions are those of
# profiles/slurm/partitions.yaml. Jobs stay in memory until the tests have read what they asked for.
SLURM_CONF = """
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0
MinJobAge=3600
ReturnToService=2
GresTypes=gpu
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=64000 Gres=gpu:2 State=UNKNOWN
PartitionName=cpu Nodes=ALL Default=YES State=UP
PartitionName=gpu Nodes=ALL State=UP
"""
GRES_CONF = "Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n"


def _install() -> None:
    """Install SLURM from Debian, or skip where that cannot be done."""
    if os.geteuid() != 0:
        pytest.skip("a SLURM of its own needs root")
    if shutil.which("apt-get") is None:
        pytest.skip("SLURM is installed from Debian's packages, and there is no apt-get here")
    configured = ETC / "slurm.conf"
    if configured.exists() and not configured.read_text().startswith(MARK):
        pytest.skip(f"this machine belongs to a SLURM cluster: {configured} exists")
    if all(shutil.which(name) for name in ("munged", "slurmctld", "slurmd", "sbatch")):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "slurm-wlm"]):
        done = subprocess.run(
            ["apt-get", *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"apt-get {command[0]} failed: {done.stderr.strip().splitlines()[-1]}")


@contextlib.contextmanager
def _placed(path: Path, text: str) -> Iterator[None]:
    """A file while the tests run; after them what was there before."""
    before = path.read_bytes() if path.exists() else None
    if before is not None and before.startswith(MARK.encode()):
        before = None
    path.write_text(MARK + text)
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


@contextlib.contextmanager
def _daemon(log: Path, *command: str) -> Iterator[None]:
    """A process while the tests run."""
    with log.open("w") as handle:
        process = subprocess.Popen(command, stdout=handle, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], object], what: str, seconds: float) -> None:
    """Wait until something is so; an error where it is not in that time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


def _node_is_idle() -> bool:
    done = subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True, check=False)
    return set(done.stdout.split()) == {"idle"}


class Slurm:
    """The running SLURM, and Snakemake on it."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository

    def snakemake(self, directory: Path, *arguments: str) -> subprocess.Popen:
        """Start Snakemake in a working directory with the profile for SLURM and further arguments."""
        # The rules call `python`, which has to be this one even where its environment is not activated.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        command = [sys.executable, "-m", "snakemake", "--directory", str(directory)]
        command += ["--snakefile", str(self._repository / "Snakefile")]
        command += ["--workflow-profile", str(self._repository / "profiles" / "slurm")]
        # Jobs of seconds, not of hours: look soon whether they are done.
        command += ["--slurm-init-seconds-before-status-checks", "1"]
        return subprocess.Popen(
            [*command, *arguments],
            cwd=directory,
            env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def jobs(self) -> list[dict[str, str]]:
        """What SLURM knows of each job since it was started."""
        listed = subprocess.run(
            ["scontrol", "--oneliner", "show", "job"], capture_output=True, text=True, check=True
        )
        return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in listed.stdout.splitlines()]

    def cancel(self) -> None:
        """End all jobs."""
        subprocess.run(["scancel", "--user=root"], check=True)
        going_on = {"PENDING", "RUNNING", "COMPLETING"}
        wait_for(
            lambda: not any(job.get("JobState") in going_on for job in self.jobs()),
            "all jobs have ended",
            60,
        )


@pytest.fixture(scope="session")
def slurm(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """SLURM, running; afterwards its jobs, its processes and its configuration are gone."""
    _install()
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(256))
    munged = ["munged", "--force", "--foreground"]
    for option in ("socket", "key-file", "pid-file", "log-file", "seed-file"):
        munged += [f"--{option}", str(folder / f"munge.{option.removesuffix('-file')}")]
    text = SLURM_CONF.format(
        host=socket.gethostname().split(".")[0],
        folder=folder,
        controller_port=_free_port(),
        node_port=_free_port(),
    )
    with contextlib.ExitStack() as stack:
        stack.enter_context(_placed(ETC / "slurm.conf", text))
        stack.enter_context(_placed(ETC / "gres.conf", GRES_CONF))
        stack.enter_context(_daemon(folder / "munged.out", *munged))
        wait_for((folder / "munge.socket").exists, "munged listens", 30)
        stack.enter_context(_daemon(folder / "slurmctld.out", "slurmctld", "-D"))
        stack.enter_context(_daemon(folder / "slurmd.out", "slurmd", "-D"))
        wait_for(_node_is_idle, f"the node is idle (see the files in {folder})", 60)
        running = Slurm(repository)
        yield running
        running.cancel()
