# Photos that nobody has taken: pictures that the score model draws, and those among them with a face.


rule draw:
    input:
        doctor=ancient("<results>/doctor.txt"),
        score_model=made("score_model"),
    output:
        pictures=[
            f"<results>/sampled/drawn/picture_{number:04d}.png"
            for number in range(SETTINGS.sampled.pictures)
        ],
        grid="<results>/sampled/drawn/grid.png",
        record="<results>/sampled/drawn/samples.json",
    log:
        "<results>/logs/draw.log",
    benchmark:
        "<results>/benchmarks/draw.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    threads: SETTINGS.threads.inpaint
    resources:
        mem_mb=growing(6000),
        # A score model draws pictures of the size at which it inpaints views.
        runtime=network_minutes(
            SETTINGS.sampled.evaluations, INPAINT.pipeline.face_size, SETTINGS.gpus > 0
        ),
        gpu=SETTINGS.gpus,
        gpu_share=SETTINGS.gpu_share,
    params:
        version=version("draw"),
        settings=settings("draw"),
        contents=contents("score_model"),
        score_model=model_path("score_model"),
        # As in the inpainting's rules.
        gpu=lambda wildcards, input: SETTINGS.gpu,
        batch=lambda wildcards, input: (
            f"--batch {SETTINGS.most_pictures}" if SETTINGS.most_pictures else ""
        ),
        out=lambda wildcards, output: Path(output.record).parent,
    shell:
        "python -m scoreface draw"
        " --settings={params.settings:q}"
        " --score-model={params.score_model:q}"
        " --threads {threads}"
        " --gpu {params.gpu}"
        " {params.batch}"
        " --out {params.out}"
        " 3>&2 > {log} 2>&1"


# A checkpoint, so that a photo which has come out as it was runs nothing again when there are more: photo_of in common.smk.
checkpoint choose:
    input:
        doctor_fit=ancient("<results>/doctor_fit.txt"),
        pictures=rules.draw.output.pictures,
        record="<results>/sampled/drawn/samples.json",
    output:
        photos=list(FACES.values()),
        ids="<results>/sampled/ids.tsv",
        record="<results>/sampled/sampled.json",
    log:
        "<results>/logs/choose.log",
    benchmark:
        "<results>/benchmarks/choose.tsv"
    # The one with dlib.
    conda:
        "../../envs/tf_flame.yaml"
    container:
        container_of("tf_flame")
    resources:
        mem_mb=growing(3000),
        # A search for each picture.
        runtime=10 + SETTINGS.sampled.pictures,
    params:
        version=version("choose"),
        settings=settings("choose"),
        contents=contents("landmark_predictor"),
        predictor=model_path("landmark_predictor"),
        drawn=lambda wildcards, input: Path(input.record).parent,
        photos=lambda wildcards, output: Path(output.photos[0]).parent,
    shell:
        "python -m scoreface choose"
        " --settings={params.settings:q}"
        " --drawn {params.drawn}"
        " --landmark-predictor={params.predictor:q}"
        " --photos {params.photos}"
        " --ids {output.ids}"
        " --record {output.record}"
        " 3>&2 > {log} 2>&1"
