from snakemake.utils import min_version

min_version("9.19")


report: "workflow/report/workflow.rst"


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/assets.smk"


if IS_SAMPLED:

    include: "workflow/rules/sampled.smk"


include: "workflow/rules/fit.smk"
include: "workflow/rules/texture.smk"
include: "workflow/rules/inpaint.smk"
include: "workflow/rules/results.smk"


if AUGMENTED:

    include: "workflow/rules/augment.smk"


# However a run ends, the table and the page show what is there.
onerror:
    update_summary()


rule all:
    default_target: True
    input:
        # The tables wait for these too, but after a failed run they are newer than what is missing.
        finished_faces,
        "<results>/screen.tsv",
        "<results>/summary.tsv",
        "<results>/report.html",
        "<results>/licences.md",
        DATASET,
