# Heads from another fitter, in place of the stages fit and project.


rule adopt:
    input:
        doctor=ancient("<results>/doctor.txt"),
        image=lambda wildcards: FACES[wildcards.id],
        mesh=SETTINGS.external.mesh,
        texture=SETTINGS.external.texture,
        axis_angle=SETTINGS.external.axis_angle,
    output:
        record="<results>/{id}/fit/fit.json",
        fit="<results>/{id}/fit/fit.npz",
        photo="<results>/{id}/photo.png",
        mesh="<results>/{id}/mesh/head.obj",
        material="<results>/{id}/mesh/head.mtl",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture/photo.png",
        seen="<results>/{id}/texture/seen.png",
        texel_labels="<results>/{id}/texture/labels.png",
        regions="<results>/{id}/texture/regions.png",
    log:
        "<results>/{id}/logs/adopt.log",
    benchmark:
        "<results>/{id}/benchmarks/adopt.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        version=version("adopt"),
        settings=settings("adopt"),
    shell:
        "python -m scoreface adopt"
        " --settings={params.settings:q}"
        " --image={input.image:q}"
        " --fitted-mesh={input.mesh:q}"
        " --fitted-texture={input.texture:q}"
        " --fitted-axis-angle={input.axis_angle:q}"
        " --record {output.record}"
        " --fit {output.fit}"
        " --photo {output.photo}"
        " --mesh {output.mesh}"
        " --axis-angle {output.axis_angle}"
        " --texture {output.texture}"
        " --seen {output.seen}"
        " --texel-labels {output.texel_labels}"
        " --regions {output.regions}"
        " 3>&2 > {log} 2>&1"
