"""What the rules share: the faces, the models, and the plan of the inpainting."""

import csv
import json
import shlex
from typing import NamedTuple

from scoreface import fitting
from scoreface.checksums import content_checksums
from scoreface.doctor.settings import DEMO_ASSETS, GAUSSIAN_PRIOR, asset_path, is_made
from scoreface.files import InputError
from scoreface.ids import check_folders, check_images, image_of, read_ids
from scoreface.versions import VERSIONS

# Snakemake's own prefix is replaced by this one, so it has to bring the strict mode back. Every job
# finds the package, in whatever conda environment and working directory it runs. The braces are
# doubled because Snakemake formats the prefix.
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={shlex.quote(str(workflow.basedir))}"
    "${{PYTHONPATH:+:$PYTHONPATH}}; "
)

# The demo's photos, made by a rule of assets.smk.
DEMO_PHOTOS = [
    f"resources/demo/photos/{name}.png" for name in ("astronaut", "synthetic_p25", "synthetic_m35")
]

RENDERED_VIEWS = [
    f"<results>/{{id}}/views/view_e{elevation:+03d}_a{azimuth:+03d}.png"
    for elevation in config["render"]["elevations"]
    for azimuth in config["render"]["azimuths"]
]

# The files of another fitter, where there is one.
EXTERNAL_FITS = config["fit"]["external"] if config["fit"]["engine"] == "external" else {}

# What there is of a face in the end.
FACE_FILES = [
    "<results>/{id}/texture.png",
    "<results>/{id}/provenance.png",
    "<results>/{id}/head.obj",
    "<results>/{id}/head.glb",
    "<results>/{id}/frontal.png",
    *RENDERED_VIEWS,
    "<results>/{id}/turntable.gif",
    "<results>/{id}/before_after.png",
    "<results>/{id}/identity.json",
]


class InpaintJob(NamedTuple):
    """One link of the chain of jobs that walks over the views of a face.

    Attributes:
        name: of the rule.
        round: counted from 1.
        first: the first view that it does, counted from 0 in the face's order of views.
        before: the state that it starts from, or an empty list where it starts from the photo.
        states: the states that it leaves, one a view.
    """

    name: str
    round: int
    first: int
    before: str | list
    states: list


def inpaint_jobs():
    """The chain of a face: all views in round 1, then all of them again in round 2."""
    views = len(config["views"]["elevations"]) * len(config["views"]["azimuths"])
    step = config["inpaint"]["views_per_job"]
    # Multiview samples all views of a round together, which no two jobs can share.
    step = views if step == "all" or config["inpaint"]["space"] == "multiview" else step
    jobs = []
    for round in range(1, config["inpaint"]["rounds"] + 1):
        for first in range(0, views, step):
            name = f"inpaint_round{round}_view{first:03d}"
            before = jobs[-1].states[-1] if jobs else []
            states = [
                f"<results>/{{id}}/inpaint/round{round}/view{view:03d}.npz"
                for view in range(first, min(first + step, views))
            ]
            jobs.append(InpaintJob(name, round, first, before, states))
    return jobs


def pipeline_options():
    """The pipeline and its own settings, without those that only other pipelines read: they must not rerun it."""
    inpaint = config["inpaint"]
    options = f"--space {inpaint['space']}"
    options += " --keep-silhouette" if inpaint["keep_silhouette"] else " --no-keep-silhouette"
    if inpaint["space"] == "image":
        return options + (" --predictor" if inpaint["predictor"] else " --no-predictor")
    options += f" --textures {inpaint['textures']}"
    return options + (f" --combine {inpaint['combine']}" if inpaint["space"] == "multiview" else "")


def inpaint_minutes(views):
    """Run time that a job of so many views asks a cluster for, in minutes: from what its network evaluations cost.

    On a GPU, 1 s an evaluation of a megapixel: the paper's 18 hours for 60,000 of them on a Titan Xp. On a CPU, 150 s: a
    network of the FFHQ-256 architecture takes up to 10 s on two cores. Views with nothing left to fill take none of it.
    """
    inpaint = config["inpaint"]
    predictor = inpaint["space"] == "image" and inpaint["predictor"]
    steps = inpaint["noise_levels"] * (predictor + inpaint["corrector_steps"])
    megapixels = views * steps * (inpaint["face_size"] / 1024) ** 2
    return 20 + round(megapixels * (1 if inpaint["gpu"] else 150) / 60)


def asset(name):
    """Path of a model: the configured one or an embedded one."""
    return asset_path(name, config["assets"][name])


def made(name):
    """Path of a model for ``input:`` where the workflow makes it itself; nothing where it is there already."""
    return asset(name) if is_made(asset(name)) else []


def model_path(name):
    """Path of a model for ``params:``, which does not count when Snakemake compares with the last run.

    It compares no function that takes the input: what comes from there shows in the input anyway.
    """
    return lambda wildcards, input: asset(name)


def asset_contents():
    """What counts of each model, for ``params:``: the checksum of its file or folder, not its name nor its time.

    Models that the workflow makes are in ``input:``, and those on the hub are known by their names.
    """
    paths = {
        name: Path(asset(name))
        for name, value in config["assets"].items()
        if value != "auto" and not made(name)
    }
    own = {name: path for name, path in paths.items() if path.exists()}
    try:
        checksums = content_checksums(own.values(), Path(".snakemake", "scoreface-checksums.json"))
    except InputError as error:
        raise WorkflowError(f"config: assets: {error}") from None
    return {
        name: checksums[own[name]] if name in own else f"{value}, no file"
        for name, value in config["assets"].items()
    }


def doctor_settings():
    """The part of the configuration that the doctor looks at, as JSON."""
    return json.dumps(
        {
            "assets": config["assets"],
            "demo": {"prior_size": config["demo"]["prior_size"]},
            "fit": {"engine": config["fit"]["engine"]},
            "texture": {"large": config["texture"]["large"]},
            "inpaint": {key: config["inpaint"][key] for key in ("face_size", "device")},
            "camera": {"rasteriser": config["camera"]["rasteriser"]},
            "results": config["results"],
        }
    )


def id_list():
    """Path of the id list: in the working directory, or else beside the Snakefile.

    So the embedded list is found from any working directory.
    """
    path = config["ids"]
    beside = Path(workflow.basedir, path)
    return str(beside) if beside.is_file() and not Path(path).is_file() else path


def read_faces():
    """The photo of each id, once the list is known to be sound."""
    try:
        faces = read_ids(Path(id_list()))
        check_images(faces, config["images"], DEMO_PHOTOS)
        check_folders(faces, Path(config["results"]))
    except InputError as error:
        raise WorkflowError(f"config: ids: {error}") from None
    for key, template in EXTERNAL_FITS.items():
        missing = [
            face.id for face in faces if not Path(template.replace("{id}", face.id)).is_file()
        ]
        if missing:
            raise WorkflowError(
                f"config: fit.external.{key}: no file {template} for {', '.join(missing[:5])}"
                + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            )
    return {face.id: str(image_of(face, config["images"])) for face in faces}


def finished_faces(wildcards):
    """All files of all faces that came through the screening, once that has been done."""
    with checkpoints.screen.get().output.table.open() as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    # The table may be older than the list.
    accepted = [row["id"] for row in rows if row["status"] == "accepted" and row["id"] in FACES]
    return [path.replace("{id}", id) for id in accepted for path in FACE_FILES]


def summary_command():
    """The command of the stage summary, for a run that ends before the stage's turn comes."""
    results = config["results"]
    return (
        f"python -m scoreface summary --ids {shlex.quote(id_list())} --results {results}"
        f" --summary {results}/summary.tsv --report {results}/report.html"
    )


FACES = read_faces()
ASSET_CONTENTS = asset_contents()
INPAINT_JOBS = inpaint_jobs()
PIPELINE_OPTIONS = pipeline_options()


pathvars:
    results=config["results"],


wildcard_constraints:
    id="[^/]+",
