from pathlib import Path

from snakemake.utils import min_version

min_version("9.19")


# The defaults; values of a file given with --configfile go over them.
configfile: str(Path(workflow.basedir, "config.yaml"))


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/assets.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/texture.smk"
include: "workflow/rules/inpaint.smk"
include: "workflow/rules/results.smk"


rule all:
    default_target: True
    input:
        finished_faces,
        "<results>/screen.tsv",
        "<results>/summary.tsv",
        "<results>/report.html",
