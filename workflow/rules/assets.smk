# The embedded assets: a procedural head in FLAME's format, photos of it, and a Gaussian fitted to renders of such heads.
# Their logs stand beside them, so that they outlive any one folder of results.


# Before anything long: the stages wait for it, but what it finds changes no result, so they do not run again with it. Nor
# does it run again when a setting changes: its params: are a function of the output, which Snakemake does not compare. While
# it ran, Snakemake would not look at what has changed for the stages that wait for it, and leave them to the next call.
rule doctor:
    output:
        "<results>/doctor.txt",
    log:
        "<results>/logs/doctor.log",
    benchmark:
        "<results>/benchmarks/doctor.tsv"
    priority: 100
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(4000),
        runtime=10,
        # The same kind of machine as for inpainting, whose GPU is what matters.
        gpu=SETTINGS.gpus,
    params:
        settings=lambda wildcards, output: settings("doctor"),
    shell:
        "python -m scoreface doctor --settings {params.settings:q} --out {output} 3>&2 > {log} 2>&1"


# The same where the fit runs: its environment has what the doctor's may not have, and the other way round.
rule doctor_fit:
    output:
        "<results>/doctor_fit.txt",
    log:
        "<results>/logs/doctor_fit.log",
    benchmark:
        "<results>/benchmarks/doctor_fit.tsv"
    priority: 100
    conda:
        "../../envs/tf_flame.yaml"
    container:
        container_of("tf_flame")
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        settings=lambda wildcards, output: settings("doctor_fit"),
    shell:
        "python -m scoreface doctor-fit --settings {params.settings:q} --out {output} 3>&2 > {log} 2>&1"


rule demo_head:
    output:
        model=DEMO_ASSETS["flame_model"],
        embedding=DEMO_ASSETS["landmark_embedding"],
        texture_data=DEMO_ASSETS["texture_data"],
    log:
        "resources/demo/logs/demo_head.log",
    benchmark:
        "resources/demo/benchmarks/demo_head.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        version=version("demo_head"),
        settings=settings("demo_head"),
    shell:
        "python -m scoreface demo-head"
        " --settings={params.settings:q}"
        " --model {output.model}"
        " --embedding {output.embedding}"
        " --texture-data {output.texture_data}"
        " 3>&2 > {log} 2>&1"


rule demo_photos:
    output:
        photos=DEMO_PHOTOS,
        truth=[
            "resources/demo/truth/synthetic_p25.npz",
            "resources/demo/truth/synthetic_m35.npz",
            "resources/demo/truth/synthetic_m15.npz",
        ],
    log:
        "resources/demo/logs/demo_photos.log",
    benchmark:
        "resources/demo/benchmarks/demo_photos.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        version=version("demo_photos"),
        settings=settings("demo_photos"),
        photos=lambda wildcards, output: Path(output.photos[0]).parent,
        truth=lambda wildcards, output: Path(output.truth[0]).parent,
    shell:
        "python -m scoreface demo-photos"
        " --settings={params.settings:q}"
        " --photos {params.photos}"
        " --truth {params.truth}"
        " 3>&2 > {log} 2>&1"


rule demo_prior:
    output:
        GAUSSIAN_PRIOR,
    log:
        "resources/demo/logs/demo_prior.log",
    benchmark:
        "resources/demo/benchmarks/demo_prior.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    threads: SETTINGS.threads.prior
    resources:
        mem_mb=growing(2000),
        runtime=30,
    params:
        version=version("demo_prior"),
        settings=settings("demo_prior"),
    shell:
        "python -m scoreface demo-prior"
        " --settings={params.settings:q}"
        " --threads {threads}"
        " --out {output}"
        " 3>&2 > {log} 2>&1"
