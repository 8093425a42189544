# Faces by MediaPipe's networks, beside dlib's: only where fit.detector asks for them.


# Once for all runs in this working directory; where Snakemake itself runs, because a cluster's nodes may have no network.
rule face_mesh:
    output:
        finder=FACE_MESH.finder,
        mesh=FACE_MESH.mesh,
    log:
        "resources/logs/face_mesh.log",
    benchmark:
        "resources/benchmarks/face_mesh.tsv"
    retries: 2
    localrule: True
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(1000),
        runtime=30,
    params:
        version=version("face_mesh"),
    shell:
        "python -m scoreface face-mesh"
        " --finder {output.finder}"
        " --mesh {output.mesh}"
        " 3>&2 > {log} 2>&1"


rule mesh_landmarks:
    input:
        doctor=ancient("<results>/doctor.txt"),
        image=photo_of,
        finder=FACE_MESH.finder,
        mesh=FACE_MESH.mesh,
    output:
        "<results>/{id}/detect/mesh.npz",
    log:
        "<results>/{id}/logs/mesh_landmarks.log",
    benchmark:
        "<results>/{id}/benchmarks/mesh_landmarks.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(2000),
        # As that of dlib's search, which looks at the same photo.
        runtime=5 + int(config["fit"]["time_limit"] // 60),
    params:
        version=version("mesh_landmarks"),
        settings=settings("mesh_landmarks"),
    shell:
        "python -m scoreface mesh-landmarks"
        " --settings={params.settings:q}"
        " --id {wildcards.id}"
        " --image={input.image:q}"
        " --finder {input.finder}"
        " --mesh {input.mesh}"
        " --out {output}"
        " 3>&2 > {log} 2>&1"
