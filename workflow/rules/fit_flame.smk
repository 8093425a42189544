# The project's own fit: FLAME to the photo's landmarks, and the photo lifted onto the texture.


rule fit:
    input:
        doctor=ancient("<results>/doctor.txt"),
        photo=lambda wildcards: FACES[wildcards.id],
        model=made("flame_model"),
        embedding=made("landmark_embedding"),
    output:
        record="<results>/{id}/fit/fit.json",
        fit="<results>/{id}/fit/fit.npz",
        overlay=report(
            "<results>/{id}/fit/overlay.png",
            caption="../report/overlay.rst",
            category="Faces",
            labels={"id": "{id}", "picture": "fit"},
        ),
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
        contents=[
            ASSET_CONTENTS[name]
            for name in ("flame_model", "landmark_embedding", "landmark_predictor")
        ],
        model=model_path("flame_model"),
        embedding=model_path("landmark_embedding"),
        predictor=model_path("landmark_predictor"),
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
        " --flame-model {params.model:q}"
        " --landmark-embedding {params.embedding:q}"
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


rule project:
    input:
        photo="<results>/{id}/fit/photo.png",
        fit="<results>/{id}/fit/fit.npz",
        texture_data=made("texture_data"),
    output:
        mesh="<results>/{id}/mesh/head.obj",
        material="<results>/{id}/mesh/head.mtl",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture/photo.png",
        seen="<results>/{id}/texture/seen.png",
    log:
        "<results>/{id}/logs/project.log",
    benchmark:
        "<results>/{id}/benchmarks/project.tsv"
    # Later stages first, so that finished faces appear early.
    priority: 1
    conda:
        "../../envs/scoreface.yaml"
    resources:
        mem_mb=3000,
        runtime=10,
    params:
        version=VERSIONS["project"],
        content=ASSET_CONTENTS["texture_data"],
        texture_data=model_path("texture_data"),
        size=config["texture"]["large"],
        occlusion=config["project"]["occlusion"],
        sampling=config["project"]["sampling"],
        min_cosine=config["project"]["min_cosine"],
    shell:
        "python -m scoreface project"
        " --photo {input.photo}"
        " --fit {input.fit}"
        " --texture-data {params.texture_data:q}"
        " --size {params.size}"
        " --occlusion {params.occlusion}"
        " --sampling {params.sampling}"
        " --min-cosine {params.min_cosine}"
        " --mesh {output.mesh}"
        " --axis-angle {output.axis_angle}"
        " --texture {output.texture}"
        " --seen {output.seen}"
        " 2>&1 | tee {log}"
