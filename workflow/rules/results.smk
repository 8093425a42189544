# What a person looks at: pictures, 3D files, and a table and a page about all faces.


rule render:
    input:
        mesh="<results>/{id}/mesh/head.obj",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture.png",
        large="<results>/{id}/texture/large.png",
        known="<results>/{id}/texture/known.png",
        photo="<results>/{id}/photo.png",
        fit="<results>/{id}/fit/fit.npz",
        landmark_embedding=made("landmark_embedding") if ALIGNED else [],
    output:
        frontal="<results>/{id}/frontal.png",
        frontal_photo="<results>/{id}/frontal_photo.png",
        views=RENDERED_VIEWS,
        aligned=ALIGNED,
        turntable="<results>/{id}/turntable.gif",
        turntable_webp="<results>/{id}/turntable.webp",
        compare=COMPARED,
        before_after=report(
            "<results>/{id}/before_after.png",
            caption="../report/before_after.rst",
            category="Faces",
            labels={"id": "{id}", "picture": "before and after"},
        ),
    log:
        "<results>/{id}/logs/render.log",
    benchmark:
        "<results>/{id}/benchmarks/render.tsv"
    priority: 50
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        version=version("render"),
        settings=settings("render"),
        models=contents("landmark_embedding") if ALIGNED else "",
        folder=lambda wildcards, output: Path(output.views[0]).parent,
        compare=lambda wildcards, output: Path(output.compare[0]).parent,
        aligned=lambda wildcards, input, output: (
            f"--landmark-embedding {shlex.quote(asset('landmark_embedding'))}"
            f" --aligned-dir {Path(output.aligned[0]).parent}"
            if output.aligned
            else ""
        ),
    shell:
        "python -m scoreface render"
        " --settings={params.settings:q}"
        " --mesh {input.mesh}"
        " --axis-angle {input.axis_angle}"
        " --texture {input.texture}"
        " --large {input.large}"
        " --known {input.known}"
        " --photo {input.photo}"
        " --fit {input.fit}"
        " --frontal {output.frontal}"
        " --frontal-photo {output.frontal_photo}"
        " --views-dir {params.folder}"
        " --turntable {output.turntable}"
        " --turntable-webp {output.turntable_webp}"
        " --before-after {output.before_after}"
        " --compare-dir {params.compare}"
        " {params.aligned}"
        " 3>&2 > {log} 2>&1"


rule export:
    input:
        mesh="<results>/{id}/mesh/head.obj",
        axis_angle="<results>/{id}/mesh/axis_angle.npy",
        texture="<results>/{id}/texture.png",
        provenance="<results>/{id}/provenance.png",
        large="<results>/{id}/texture/large.png",
        known="<results>/{id}/texture/known.png",
    output:
        obj="<results>/{id}/head.obj",
        material="<results>/{id}/head.mtl",
        glb="<results>/{id}/head.glb",
        zip="<results>/{id}/head.zip",
        script="<results>/{id}/head.js",
    log:
        "<results>/{id}/logs/export.log",
    benchmark:
        "<results>/{id}/benchmarks/export.tsv"
    priority: 50
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=5,
    params:
        version=version("export"),
    shell:
        "python -m scoreface export"
        " --id={wildcards.id}"
        " --mesh {input.mesh}"
        " --axis-angle {input.axis_angle}"
        " --texture {input.texture}"
        " --provenance {input.provenance}"
        " --large {input.large}"
        " --known {input.known}"
        " --obj {output.obj}"
        " --glb {output.glb}"
        " --zip {output.zip}"
        " --script {output.script}"
        " 3>&2 > {log} 2>&1"


# Where the pictures show no face that can be compared, the file says so: that is no error.
rule identity:
    input:
        doctor_fit=ancient("<results>/doctor_fit.txt"),
        photo="<results>/{id}/photo.png",
        before="<results>/{id}/frontal_photo.png",
        after="<results>/{id}/frontal.png",
    output:
        "<results>/{id}/identity.json",
    log:
        "<results>/{id}/logs/identity.log",
    benchmark:
        "<results>/{id}/benchmarks/identity.tsv"
    priority: 50
    # The one with dlib.
    conda:
        "../../envs/tf_flame.yaml"
    container:
        container_of("tf_flame")
    resources:
        mem_mb=growing(2000),
        runtime=5,
    params:
        version=version("identity"),
    shell:
        "python -m scoreface identity"
        " --photo {input.photo}"
        " --before {input.before}"
        " --after {input.after}"
        " --out {output}"
        " 3>&2 > {log} 2>&1"


rule summary:
    input:
        finished_faces,
        ids=id_list(),
        screen="<results>/screen.tsv",
        sampled=SAMPLED_RECORD if IS_SAMPLED else [],
    output:
        summary=report(
            "<results>/summary.tsv", caption="../report/summary.rst", category="All faces"
        ),
        report="<results>/report.html",
        viewer="<results>/viewer.js",
        contact_sheet="<results>/contact_sheet.png",
    log:
        "<results>/logs/summary.log",
    benchmark:
        "<results>/benchmarks/summary.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        runtime=30,
    params:
        version=version("summary"),
        settings=settings("summary"),
        results=lambda wildcards, output: Path(output.summary).parent,
        score_model=model_path("score_model"),
        sampled=lambda wildcards, input: f"--sampled={input.sampled}" if input.sampled else "",
    shell:
        "python -m scoreface summary"
        " --settings={params.settings:q}"
        " --ids={input.ids:q}"
        " --results {params.results}"
        " --score-model={params.score_model:q}"
        " {params.sampled}"
        " --summary {output.summary}"
        " --report {output.report}"
        " --viewer {output.viewer}"
        " --contact-sheet {output.contact_sheet}"
        " 3>&2 > {log} 2>&1"


# As with the doctor's, params: are a function of the output, so that a change there does not run it again by itself: any
# change of a model makes the faces anew, and so the table.
rule licences:
    input:
        "<results>/summary.tsv",
        ids=id_list(),
    output:
        "<results>/licences.md",
    log:
        "<results>/logs/licences.log",
    benchmark:
        "<results>/benchmarks/licences.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(1000),
        runtime=10,
    params:
        version=version("licences"),
        settings=lambda wildcards, output: settings("licences"),
    shell:
        "python -m scoreface licences"
        " --settings {params.settings:q}"
        " --ids={input.ids:q}"
        " --out {output}"
        " 3>&2 > {log} 2>&1"
