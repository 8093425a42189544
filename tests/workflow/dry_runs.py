"""Many dry runs in little time: Snakemake is imported once, and a process forked for each.

Reads a JSON list of ``{"arguments": [...], "versions": {stage: version}}`` from standard input: arguments of
``snakemake``, and stages whose version is raised. Writes a JSON list of ``[exit status, what was printed]``.
"""

import json
import multiprocessing
import os
import sys
import tempfile

# Loaded here for the rules, which load them again for nothing.
import jsonschema  # noqa: F401
import pandas as pd  # noqa: F401
import snakemake.cli

import scoreface.config.schema  # noqa: F401
from scoreface import stages


def dry_run(request: dict) -> tuple[int, str]:
    """One call of ``snakemake``, with all that it prints."""
    for stage, version in request["versions"].items():
        stages.load(stage).VERSION = version
    with tempfile.TemporaryFile("w+") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
        try:
            snakemake.cli.main(request["arguments"])
            status = 0
        except SystemExit as ended:
            status = ended.code
        sys.stdout.flush()
        output.seek(0)
        return status, output.read()


if __name__ == "__main__":
    requests = json.load(sys.stdin)
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        results = pool.map(dry_run, requests, chunksize=1)
    json.dump(results, sys.stdout)
