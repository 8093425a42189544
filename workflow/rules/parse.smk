# What each pixel of a photo is. Only the project's own fit asks: with heads of another fitter there is no parse.


# Once for all runs in this working directory; where Snakemake itself runs, because a cluster's nodes may have no network.
rule person_model:
    output:
        PERSON_MODEL,
    log:
        "resources/logs/person_model.log",
    benchmark:
        "resources/benchmarks/person_model.tsv"
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
        version=version("person_model"),
    shell:
        "python -m scoreface person-model --out {output} 3>&2 > {log} 2>&1"


rule parse:
    input:
        doctor=ancient("<results>/doctor.txt"),
        photo="<results>/{id}/photo.png",
        detection="<results>/{id}/detect/detection.json",
        person_model=PERSON_MODEL if is_fetched(PARSER) else [],
        picture=PARSER.pictures if isinstance(PARSER, LabelsSettings) else [],
    output:
        labels="<results>/{id}/parse/labels.png",
        overlay=report(
            "<results>/{id}/parse/overlay.png",
            caption="../report/parse.rst",
            category="Faces",
            labels={"id": "{id}", "picture": "parse"},
        ),
        record="<results>/{id}/parse/parse.json",
        outline="<results>/{id}/parse/outline.npz",
    log:
        "<results>/{id}/logs/parse.log",
    benchmark:
        "<results>/{id}/benchmarks/parse.tsv"
    conda:
        "../../envs/scoreface.yaml"
    container:
        container_of("scoreface")
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        version=version("parse"),
        settings=settings("parse"),
        contents=json.dumps(PARSER_CONTENTS),
        # Of no account where the configuration names another file, or the engine has no such network.
        person_model=lambda wildcards, input: PERSON_MODEL,
    shell:
        "python -m scoreface parse"
        " --settings={params.settings:q}"
        " --id {wildcards.id}"
        " --photo {input.photo}"
        " --detection {input.detection}"
        " --person-model {params.person_model}"
        " --labels {output.labels}"
        " --overlay {output.overlay}"
        " --record {output.record}"
        " --outline {output.outline}"
        " 3>&2 > {log} 2>&1"
