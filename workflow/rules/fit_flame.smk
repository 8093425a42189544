# The project's own fit: FLAME to the photo's landmarks, and the photo lifted onto the texture.


rule fit:
    input:
        doctor=ancient("<results>/doctor.txt"),
        doctor_fit=ancient("<results>/doctor_fit.txt"),
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
        contents=contents("flame_model", "landmark_embedding", "landmark_predictor"),
        model=model_path("flame_model"),
        embedding=model_path("landmark_embedding"),
        predictor=model_path("landmark_predictor"),
    shell:
        "python -m scoreface fit"
        " --settings={params.settings:q}"
        " --id {wildcards.id}"
        " --image={input.photo:q}"
        " --flame-model={params.model:q}"
        " --landmark-embedding={params.embedding:q}"
        " --landmark-predictor={params.predictor:q}"
        " --threads {threads}"
        " --record {output.record}"
        " --fit {output.fit}"
        " --overlay {output.overlay}"
        " --photo {output.photo}"
        " 3>&2 > {log} 2>&1"


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
        " --texture-data={params.texture_data:q}"
        " --mesh {output.mesh}"
        " --axis-angle {output.axis_angle}"
        " --texture {output.texture}"
        " --seen {output.seen}"
        " 3>&2 > {log} 2>&1"
