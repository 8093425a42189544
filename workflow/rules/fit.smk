# From photos to FLAME parameters, and which photos go on.


rule fit:
    input:
        photo=lambda wildcards: FACES[wildcards.id],
        model=asset("flame_model"),
        embedding=asset("landmark_embedding"),
        predictor=([] if asset("landmark_predictor") == "auto" else asset("landmark_predictor")),
    output:
        record="<results>/{id}/fit/fit.json",
        fit="<results>/{id}/fit/fit.npz",
        overlay="<results>/{id}/fit/overlay.png",
        photo="<results>/{id}/fit/photo.png",
    log:
        "<results>/{id}/logs/fit.log",
    benchmark:
        "<results>/{id}/benchmarks/fit.tsv"
    conda:
        "../../envs/tf_flame.yaml"
    threads: config["threads"]["fit"]
    resources:
        mem_mb=3000,
        runtime=10,
    params:
        version=fitting.VERSION,
        predictor=asset("landmark_predictor"),
        max_error=config["fit"]["max_error"],
        max_pixels=config["fit"]["max_pixels"],
        weights=config["fit"]["weights"],
        rigid_ftol=config["fit"]["rigid_ftol"],
        ftol=config["fit"]["ftol"],
        folder=lambda wildcards, output: Path(output.record).parent,
    shell:
        "python -m scoreface.fitting"
        " --id {wildcards.id}"
        " --image {input.photo:q}"
        " --flame-model {input.model:q}"
        " --landmark-embedding {input.embedding:q}"
        " --landmark-predictor {params.predictor:q}"
        " --max-error {params.max_error}"
        " --max-pixels {params.max_pixels}"
        " --weight-landmarks {params.weights[landmarks]}"
        " --weight-shape {params.weights[shape]}"
        " --weight-expression {params.weights[expression]}"
        " --weight-neck {params.weights[neck]}"
        " --weight-jaw {params.weights[jaw]}"
        " --weight-eyeballs {params.weights[eyeballs]}"
        " --rigid-ftol {params.rigid_ftol}"
        " --ftol {params.ftol}"
        " --threads {threads}"
        " --out {params.folder}"
        " 2>&1 | tee {log}"


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
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        version=VERSIONS["screen"],
        results=lambda wildcards, output: Path(output.table).parent,
    shell:
        "python -m scoreface screen"
        " --ids {input.ids:q}"
        " --results {params.results}"
        " --out {output.table}"
        " 2>&1 | tee {log}"
