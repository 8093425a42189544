# The walk over the views: a chain of jobs a face, each of which does some consecutive views of one round. How many views a
# job does comes from the configuration, and so does the number of its outputs: hence one rule for each link of the chain.

for job in INPAINT_JOBS:

    rule:
        name:
            job.name
        input:
            doctor=ancient("<results>/doctor.txt"),
            mesh="<results>/{id}/mesh/head.obj",
            axis_angle="<results>/{id}/mesh/axis_angle.npy",
            large="<results>/{id}/texture/large.png",
            known="<results>/{id}/texture/known.png",
            texel_labels="<results>/{id}/texture/labels.png",
            regions="<results>/{id}/texture/regions.png",
            views="<results>/{id}/views.json",
            score_model=made("score_model"),
            before=job.before,
        output:
            states=job.states,
            previews=[state.replace(".npz", ".png") for state in job.states],
        log:
            f"<results>/{{id}}/logs/{job.name}.log",
        benchmark:
            f"<results>/{{id}}/benchmarks/{job.name}.tsv"
        priority: 10 + job.round
        conda:
            "../../envs/scoreface.yaml"
        container:
            container_of("scoreface")
        threads: SETTINGS.threads.inpaint
        resources:
            mem_mb=growing(6000),
            runtime=network_minutes(
                len(job.states) * INPAINT.pipeline.evaluations,
                INPAINT.pipeline.face_size,
                SETTINGS.gpus > 0,
            ),
            # A cluster gives whole GPUs; on one machine the shares of its GPUs add up, see profiles/default.
            gpu=SETTINGS.gpus,
            gpu_share=SETTINGS.gpu_share,
        params:
            version=version("inpaint"),
            settings=settings("inpaint"),
            contents=contents("score_model"),
            score_model=model_path("score_model"),
            round=job.round,
            first=job.first,
            before=lambda wildcards, input: f"--state {input.before}" if input.before else "",
            # These change nothing that comes out, so they are functions too, which Snakemake does not compare.
            gpu=lambda wildcards, input: SETTINGS.gpu,
            batch=lambda wildcards, input: (
                f"--batch {SETTINGS.most_pictures}" if SETTINGS.most_pictures else ""
            ),
            discard=lambda wildcards, input: "" if SETTINGS.keep_finished else "--discard-finished",
        shell:
            "python -m scoreface inpaint"
            " --settings={params.settings:q}"
            " --id {wildcards.id}"
            " --round {params.round}"
            " --first {params.first}"
            " --mesh {input.mesh}"
            " --axis-angle {input.axis_angle}"
            " --large {input.large}"
            " --known {input.known}"
            " --texel-labels {input.texel_labels}"
            " --regions {input.regions}"
            " --views {input.views}"
            " --score-model={params.score_model:q}"
            " {params.before}"
            " --threads {threads}"
            " --gpu {params.gpu}"
            " {params.batch}"
            " {params.discard}"
            " --out {output.states}"
            " 3>&2 > {log} 2>&1"
