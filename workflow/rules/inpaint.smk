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
        threads: config["threads"]["inpaint"]
        resources:
            mem_mb=6000,
            runtime=inpaint_minutes(len(job.states)),
            gpu=config["inpaint"]["gpu"],
        params:
            version=VERSIONS["inpaint"],
            content=ASSET_CONTENTS["score_model"],
            score_model=model_path("score_model"),
            round=job.round,
            first=job.first,
            before=lambda wildcards, input: f"--state {input.before}" if input.before else "",
            pipeline=PIPELINE_OPTIONS,
            face_size=config["inpaint"]["face_size"],
            texture_size=config["texture"]["small"],
            noise_levels=config["inpaint"]["noise_levels"],
            corrector_steps=config["inpaint"]["corrector_steps"],
            snr=config["inpaint"]["snr"],
            correction_threshold=config["inpaint"]["correction_threshold"],
            field_of_view=config["camera"]["field_of_view"],
            distance=config["camera"]["distance"],
            rasteriser=config["camera"]["rasteriser"],
            device=config["inpaint"]["device"],
            seed=config["seed"],
        shell:
            "python -m scoreface inpaint"
            " --id {wildcards.id}"
            " --mesh {input.mesh}"
            " --axis-angle {input.axis_angle}"
            " --large {input.large}"
            " --known {input.known}"
            " --views {input.views}"
            " --score-model {params.score_model:q}"
            " --round {params.round}"
            " --first {params.first}"
            " {params.before}"
            " {params.pipeline}"
            " --face-size {params.face_size}"
            " --texture-size {params.texture_size}"
            " --noise-levels {params.noise_levels}"
            " --corrector-steps {params.corrector_steps}"
            " --snr {params.snr}"
            " --correction-threshold {params.correction_threshold}"
            " --field-of-view {params.field_of_view}"
            " --distance {params.distance}"
            " --rasteriser {params.rasteriser}"
            " --device {params.device}"
            " --seed {params.seed}"
            " --threads {threads}"
            " --out {output.states}"
            " 2>&1 | tee {log}"
