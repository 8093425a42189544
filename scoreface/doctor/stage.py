"""``scoreface doctor``: check the models and the machine, print a table, and fail where anything is wrong."""

from __future__ import annotations

import sys
from argparse import Namespace

from scoreface.files import write_text


def doctor(options: Namespace) -> None:
    """Check every configured model and the machine; exit status 1 where a run would fail.

    Args:
        options: ``configfile`` (list of Path) as given to Snakemake; ``settings`` (str or None), a configuration in
            JSON that takes the place of all files; ``out`` (Path or None), where the table goes once all is well.

    Raises:
        InputError: the configuration cannot be read.
        SystemExit: with status 1 where a check failed, after everything has been printed.
    """
    # Here, so that the command line of the other stages does not wait for them.
    from scoreface.doctor.assets import check_assets
    from scoreface.doctor.findings import FAILED, report
    from scoreface.doctor.machine import check_machine
    from scoreface.doctor.score_models import is_network
    from scoreface.doctor.settings import parse_settings, read_settings

    given = options.settings
    settings = read_settings(options.configfile) if given is None else parse_settings(given)
    findings = [
        *check_assets(settings),
        *check_machine(settings, network=is_network(str(settings.path("score_model")))),
    ]
    text = report(findings)
    print(text, end="", flush=True)
    if any(finding.state == FAILED for finding in findings):
        sys.exit(1)
    if options.out is not None:
        write_text(options.out, text)
