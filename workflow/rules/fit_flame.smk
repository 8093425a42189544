# The project's own fit: FLAME to the photo's landmarks, and the photo lifted onto the texture.


include: "mesh.smk"
include: "parse.smk"


rule detect:
    input:
        doctor=ancient("<results>/doctor.txt"),
        doctor_fit=ancient("<results>/doctor_fit.txt"),
        image=photo_of,
        landmarks=SETTINGS.landmarks or [],
        mesh="<results>/{id}/detect/mesh.npz" if SETTINGS.detector.asks_mesh else [],
    output:
        record="<results>/{id}/detect/detection.json",
        photo="<results>/{id}/photo.png",
    log:
        "<results>/{id}/logs/detect.log",
    benchmark:
        "<results>/{id}/benchmarks/detect.tsv"
    conda:
        "../../envs/tf_flame.yaml"
    container:
        container_of("tf_flame")
    resources:
        mem_mb=growing(3000),
        # The search itself gives up at its limit, and says so; a cluster should not end the job before.
        runtime=5 + int(config["fit"]["time_limit"] // 60),
    params:
        version=version("detect"),
        settings=settings("detect"),
        contents=contents("landmark_predictor"),
        predictor=model_path("landmark_predictor"),
    shell:
        "python -m scoreface detect"
        " --settings={params.settings:q}"
        " --id {wildcards.id}"
        " --image={input.image:q}"
        " --landmark-predictor={params.predictor:q}"
        " --landmarks={input.landmarks:q}"
        " --mesh={input.mesh:q}"
        " --record {output.record}"
        " --photo {output.photo}"
        " 3>&2 > {log} 2>&1"


rule fit:
    input:
        doctor_fit=ancient("<results>/doctor_fit.txt"),
        photo="<results>/{id}/photo.png",
        detection="<results>/{id}/detect/detection.json",
        outline="<results>/{id}/parse/outline.npz",
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
    log:
        "<results>/{id}/logs/fit.log",
    benchmark:
        "<results>/{id}/benchmarks/fit.tsv"
    conda:
        "../../envs/tf_flame.yaml"
    container:
        container_of("tf_flame")
    threads: SETTINGS.threads.fit
    resources:
        mem_mb=growing(3000),
        # The fit itself gives up at its limit, and says so; a cluster should not end the job before.
        runtime=5 + int(config["fit"]["time_limit"] // 60),
    params:
        version=version("fit"),
        settings=settings("fit"),
        contents=contents("flame_model", "landmark_embedding", "flame_masks"),
        model=model_path("flame_model"),
        embedding=model_path("landmark_embedding"),
        masks=model_path("flame_masks"),
    shell:
        "python -m scoreface fit"
        " --settings={params.settings:q}"
        " --photo {input.photo}"
        " --detection {input.detection}"
        " --flame-model={params.model:q}"
        " --landmark-embedding={params.embedding:q}"
        " --outline {input.outline}"
        " --flame-masks={params.masks:q}"
        " --threads {threads}"
        " --record {output.record}"
        " --fit {output.fit}"
        " --overlay {output.overlay}"
        " 3>&2 > {log} 2>&1"


rule project:
    input:
        photo="<results>/{id}/photo.png",
        fit="<results>/{id}/fit/fit.npz",
        labels="<results>/{id}/parse/labels.png",
        texture_data=made("texture_data"),
    output:
        mesh="<results>/{id}/mesh/head.obj",
        material="<results>/{id}/mesh/head.mtl",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture/photo.png",
        seen="<results>/{id}/texture/seen.png",
        texel_labels="<results>/{id}/texture/labels.png",
        regions="<results>/{id}/texture/regions.png",
    log:
        "<results>/{id}/logs/project.log",
    benchmark:
        "<results>/{id}/benchmarks/project.tsv"
    # Later stages first, so that finished faces appear early.
    priority: 1
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        version=version("project"),
        settings=settings("project"),
        contents=contents("texture_data"),
        texture_data=model_path("texture_data"),
    shell:
        "python -m scoreface project"
        " --settings={params.settings:q}"
        " --photo {input.photo}"
        " --fit {input.fit}"
        " --labels {input.labels}"
        " --texture-data={params.texture_data:q}"
        " --mesh {output.mesh}"
        " --axis-angle {output.axis_angle}"
        " --texture {output.texture}"
        " --seen {output.seen}"
        " --texel-labels {output.texel_labels}"
        " --regions {output.regions}"
        " 3>&2 > {log} 2>&1"
