# From photos to fitted heads, by whatever fits them, and which photos go on.


include: f"fit_{SETTINGS.engine}.smk"


# The ids go in as the list, not as files: thousands of paths would exceed what one argument of the shell may hold.
checkpoint screen:
    input:
        ids=id_list(),
        records=expand("<results>/{id}/fit/fit.json", id=FACES),
    output:
        table="<results>/screen.tsv",
    log:
        "<results>/logs/screen.log",
    benchmark:
        "<results>/benchmarks/screen.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(1000),
        runtime=10,
    params:
        version=version("screen"),
        results=lambda wildcards, output: Path(output.table).parent,
    shell:
        "python -m scoreface screen"
        " --ids={input.ids:q}"
        " --results {params.results}"
        " --out {output.table}"
        " 3>&2 > {log} 2>&1"
