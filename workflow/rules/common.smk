"""What the rules share: the faces, the models, and the plan of the inpainting."""

import csv
import json
import shlex
from typing import NamedTuple

from scoreface import fitting
from scoreface.doctor.settings import DEMO_ASSETS
from scoreface.files import InputError
from scoreface.ids import check_images, image_of, read_ids
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
    step = views if step == "all" else step
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


def asset(name):
    """Path of a model: the configured one or the embedded one."""
    value = config["assets"][name]
    return DEMO_ASSETS[name] if value == "demo" else value


def own_assets():
    """Paths of the models that the user gives; a name on the hub is none."""
    values = [value for value in config["assets"].values() if value not in ("demo", "auto")]
    return [value for value in values if Path(value).exists()]


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
    accepted = [row["id"] for row in rows if row["status"] == "accepted"]
    return [path.replace("{id}", id) for id in accepted for path in FACE_FILES]


FACES = read_faces()
INPAINT_JOBS = inpaint_jobs()


pathvars:
    results=config["results"],


wildcard_constraints:
    id="[^/]+",
