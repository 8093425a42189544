# Pictures for training and testing recognisers: of each face, and gathered of all.


rule augment:
    input:
        mesh="<results>/{id}/mesh/head.obj",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture.png",
        provenance="<results>/{id}/provenance.png",
        light="<results>/{id}/texture/light.json",
        photo="<results>/{id}/photo.png",
        landmark_embedding=made("landmark_embedding") if IS_AUGMENT_ALIGNED else [],
    output:
        # The pictures beside it are too many to be declared.
        "<results>/{id}/augment/views.json",
    log:
        "<results>/{id}/logs/augment.log",
    benchmark:
        "<results>/{id}/benchmarks/augment.tsv"
    priority: 50
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(3000),
        runtime=10 + AUGMENT.views // 20,
    params:
        version=version("augment"),
        settings=settings("augment"),
        models=contents("landmark_embedding") if IS_AUGMENT_ALIGNED else "",
        folder=lambda wildcards, output: Path(output[0]).parent,
        aligned=lambda wildcards, input: (
            f"--landmark-embedding {shlex.quote(asset('landmark_embedding'))}"
            if IS_AUGMENT_ALIGNED
            else ""
        ),
    shell:
        "python -m scoreface augment"
        " --settings={params.settings:q}"
        " --id={wildcards.id}"
        " --mesh {input.mesh}"
        " --axis-angle {input.axis_angle}"
        " --texture {input.texture}"
        " --provenance {input.provenance}"
        " --light {input.light}"
        " --photo {input.photo}"
        " --out {params.folder}"
        " {params.aligned}"
        " 3>&2 > {log} 2>&1"


# It goes on where an earlier run was cut: Snakemake must not take away what that one has left.
rule dataset:
    input:
        augmented_faces,
        ids=id_list(),
        screen="<results>/screen.tsv",
        pairs=config["augment"]["pairs"] or [],
    output:
        parquet="<results>/dataset/manifest.parquet",
        csv="<results>/dataset/manifest.csv",
    log:
        "<results>/logs/dataset.log",
    benchmark:
        "<results>/benchmarks/dataset.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(4000),
        runtime=240,
    params:
        version=version("dataset"),
        settings=settings("dataset"),
        results=lambda wildcards, output: Path(output.csv).parents[1],
        folder=lambda wildcards, output: Path(output.csv).parent,
        score_model=model_path("score_model"),
    shell:
        "python -m scoreface dataset"
        " --settings={params.settings:q}"
        " --ids={input.ids:q}"
        " --screen {input.screen}"
        " --results {params.results}"
        " --score-model={params.score_model:q}"
        " --out {params.folder}"
        " 3>&2 > {log} 2>&1"
