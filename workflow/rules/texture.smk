# From the photo's texels to those that count as known, and the views in which the others will be filled.


rule preprocess:
    input:
        texture="<results>/{id}/texture/photo.png",
        seen="<results>/{id}/texture/seen.png",
    output:
        large="<results>/{id}/texture/large.png",
        known="<results>/{id}/texture/known.png",
    log:
        "<results>/{id}/logs/preprocess.log",
    benchmark:
        "<results>/{id}/benchmarks/preprocess.tsv"
    priority: 2
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=5,
    params:
        version=version("preprocess"),
        settings=settings("preprocess"),
    shell:
        "python -m scoreface preprocess"
        " --settings={params.settings:q}"
        " --texture {input.texture}"
        " --seen {input.seen}"
        " --large {output.large}"
        " --known {output.known}"
        " 3>&2 > {log} 2>&1"


rule order_views:
    input:
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
    output:
        views="<results>/{id}/views.json",
    log:
        "<results>/{id}/logs/order_views.log",
    benchmark:
        "<results>/{id}/benchmarks/order_views.tsv"
    priority: 2
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(1000),
        runtime=5,
    params:
        version=version("order_views"),
        settings=settings("order_views"),
    shell:
        "python -m scoreface order-views"
        " --settings={params.settings:q}"
        " --axis-angle {input.axis_angle}"
        " --out {output.views}"
        " 3>&2 > {log} 2>&1"


rule merge:
    input:
        mesh="<results>/{id}/mesh/head.obj",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        large="<results>/{id}/texture/large.png",
        known="<results>/{id}/texture/known.png",
        state=INPAINT_JOBS[-1].states[-1],
        texel_labels="<results>/{id}/texture/labels.png",
        regions="<results>/{id}/texture/regions.png",
    output:
        texture="<results>/{id}/texture.png",
        provenance="<results>/{id}/provenance.png",
        light="<results>/{id}/texture/light.json",
        further=FURTHER_TEXTURES,
        uncertainty=UNCERTAINTY,
    log:
        "<results>/{id}/logs/merge.log",
    benchmark:
        "<results>/{id}/benchmarks/merge.tsv"
    priority: 40
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        version=version("merge"),
        settings=settings("merge"),
        several=lambda wildcards, output: (
            f"--further {output.further} --uncertainty {output.uncertainty}"
            if output.further
            else ""
        ),
    shell:
        "python -m scoreface merge"
        " --settings={params.settings:q}"
        " --mesh {input.mesh}"
        " --axis-angle {input.axis_angle}"
        " --large {input.large}"
        " --known {input.known}"
        " --state {input.state}"
        " --texel-labels {input.texel_labels}"
        " --regions {input.regions}"
        " --texture {output.texture}"
        " --provenance {output.provenance}"
        " --light {output.light}"
        " {params.several}"
        " 3>&2 > {log} 2>&1"
