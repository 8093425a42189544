"""What the rules share: the faces, the models, and the plan of the inpainting."""

import csv
import os
import shlex
import subprocess
import sys
from importlib.util import find_spec

from snakemake.logging import logger

from scoreface.launch.handler import TERMINAL, attach


def package_folder():
    """A folder for PYTHONPATH with the package in it and nothing else that a job could import by mistake.

    In a clone that is the clone. Where the package is installed, as for a workflow that uses this one as a module, other
    packages lie beside it, of another Python than an environment's: then a link to it in a folder of its own.
    """
    package = Path(stages.__file__).resolve().parents[1]
    if (package.parent / "Snakefile").is_file():
        return package.parent
    folder = Path(".snakemake", "scoreface").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / package.name
    if not link.exists() or link.resolve() != package:
        link.unlink(missing_ok=True)
        link.symlink_to(package, target_is_directory=True)
    return folder


PACKAGE = package_folder()

# Whether the score model draws the photos, and the list of them.
IS_SAMPLED = SETTINGS.images == SAMPLED
SAMPLED_IDS = f"{SETTINGS.results}/sampled/ids.tsv"
SAMPLED_RECORD = f"{SETTINGS.results}/sampled/sampled.json"

# The demo's photos, made by a rule of assets.smk.
DEMO_PHOTOS = [
    f"{DEMO_PHOTOS_FOLDER}/{name}.png"
    for name in ("astronaut", "synthetic_p25", "synthetic_m35", "synthetic_m15")
]

VIEW_NAMES = [
    f"view_e{elevation:+03d}_a{azimuth:+03d}.png"
    for elevation in config["render"]["elevations"]
    for azimuth in config["render"]["azimuths"]
]
RENDERED_VIEWS = [f"<results>/{{id}}/views/{name}" for name in VIEW_NAMES]

# The photo and its head at one framing.
COMPARED = [f"<results>/{{id}}/compare/{name}.png" for name in ("photo", "incomplete", "complete")]

# What there is of pictures that are aligned for face recognition.
ALIGNED = (
    [f"<results>/{{id}}/aligned/{name}" for name in ("frontal.png", *VIEW_NAMES)]
    if config["render"]["aligned"]
    else []
)

INPAINT = read(stages.load("inpaint").Settings, config)

# What there is of further completions of a face.
FURTHER_TEXTURES = [
    f"<results>/{{id}}/samples/texture_{sample:02d}.png"
    for sample in range(2, INPAINT.pipeline.samples + 1)
]
UNCERTAINTY = ["<results>/{id}/uncertainty.png"] if FURTHER_TEXTURES else []

# The pictures for recognisers, and whether they need to know where the landmarks are.
AUGMENT = read(stages.load("augment").Settings, config).pictures
IS_AUGMENT_ALIGNED = AUGMENT.alignment == "arcface"
AUGMENTED = ["<results>/{id}/augment/views.json"] if AUGMENT.views else []
DATASET = (
    ["<results>/dataset/manifest.parquet"]
    if AUGMENTED and config["augment"]["export"] != "none"
    else []
)

# What there is of a face in the end.
FACE_FILES = [
    "<results>/{id}/texture.png",
    "<results>/{id}/provenance.png",
    "<results>/{id}/head.obj",
    "<results>/{id}/head.glb",
    "<results>/{id}/head.zip",
    "<results>/{id}/head.js",
    "<results>/{id}/frontal.png",
    *RENDERED_VIEWS,
    *ALIGNED,
    "<results>/{id}/turntable.gif",
    "<results>/{id}/turntable.webp",
    "<results>/{id}/before_after.png",
    *COMPARED,
    "<results>/{id}/identity.json",
    *FURTHER_TEXTURES,
    *UNCERTAINTY,
    *AUGMENTED,
]


def growing(megabytes):
    """Memory for ``resources:``: a job that is tried again may have had too little."""
    return lambda wildcards, attempt: megabytes * attempt


def container_of(environment):
    """Image for ``container:`` with what one of the environments in envs/ has, where the configuration names one."""
    return getattr(SETTINGS.containers, environment) or None


def asset(name):
    """Path of a model: the configured one or an embedded one."""
    return SETTINGS.assets.path(name)


def made(name):
    """Path of a model for ``input:`` where the workflow makes it itself; nothing where it is there already."""
    return asset(name) if SETTINGS.assets.is_made(name) else []


def model_path(name):
    """Path of a model for ``params:``, which does not count when Snakemake compares with the last run.

    It compares no function that takes the input: what comes from there shows in the input anyway.
    """
    return lambda wildcards, input: asset(name)


def asset_contents():
    """What counts of each model: see :meth:`scoreface.config.assets.Assets.contents`."""
    try:
        return SETTINGS.assets.contents(Path(".snakemake", "scoreface-checksums.json"))
    except InputError as error:
        raise WorkflowError(f"config: assets: {error}") from None


def own_parser_contents():
    """What counts of the face parser's files: see :func:`scoreface.config.parser.parser_contents`."""
    try:
        return parser_contents(PARSER, Path(".snakemake", "scoreface-checksums.json"))
    except InputError as error:
        raise WorkflowError(f"config: parse: {error}") from None


def contents(*names):
    """What counts of some models as JSON, for ``params:``."""
    return json.dumps({name: ASSET_CONTENTS[name] for name in names})


def id_list():
    """Path of the id list: in the working directory, or else beside this workflow's Snakefile.

    So the embedded list is found from any working directory. Of photos that are drawn the workflow writes it.
    """
    if IS_SAMPLED:
        return SAMPLED_IDS
    beside = Path(PACKAGE, SETTINGS.ids)
    return str(beside) if beside.is_file() and not Path(SETTINGS.ids).is_file() else SETTINGS.ids


def read_faces():
    """The photo of each id, once the list is known to be sound."""
    try:
        if IS_SAMPLED:
            faces = SETTINGS.sampled.faces(Path(SETTINGS.results))
        else:
            faces = read_ids(Path(id_list()))
            check_images(faces, SETTINGS.images, DEMO_PHOTOS)
        check_folders(faces, Path(SETTINGS.results))
        # Whatever list the working directory was locked with.
        if not SETTINGS.share_results and "--unlock" not in sys.argv:
            check_results(faces, Path(SETTINGS.results))
    except InputError as error:
        raise WorkflowError(f"config: ids: {error}") from None
    try:
        if SETTINGS.engine == "external":
            check_external(SETTINGS.external, [face.id for face in faces])
        else:
            check_own_files([face.id for face in faces])
    except InputError as error:
        raise WorkflowError(f"config: {error}") from None
    return {face.id: str(image_of(face, SETTINGS.images)) for face in faces}


def check_own_files(ids):
    """Check that what the user gives of each face, beside its photo, is there."""
    if SETTINGS.landmarks:
        check_files("fit.landmarks", SETTINGS.landmarks, ids)
    if isinstance(PARSER, LabelsSettings):
        check_files("parse.labels.pictures", PARSER.pictures, ids)


def photo_of(wildcards):
    """The photo of a face; of those that are drawn, only once that has been done.

    Until then Snakemake would take all of them for changed, and those that a longer list begins with are the same.
    """
    if IS_SAMPLED:
        checkpoints.choose.get()
    return FACES[wildcards.id]


def accepted_faces():
    """The ids that came through the screening, once that has been done."""
    with checkpoints.screen.get().output.table.open() as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    # The table may be older than the list.
    return [row["id"] for row in rows if row["status"] == "accepted" and row["id"] in FACES]


def finished_faces(wildcards):
    """All files of all faces that came through the screening."""
    return [path.replace("{id}", id) for id in accepted_faces() for path in FACE_FILES]


def augmented_faces(wildcards):
    """The records of the pictures for recognisers, of all faces that came through the screening."""
    return [path.replace("{id}", id) for id in accepted_faces() for path in AUGMENTED]


def update_summary():
    """Make table and page in Snakemake's own environment, for a run that ends before the stage's turn comes."""
    if not Path(id_list()).is_file():
        return  # No photo has been drawn.
    missing = [name for name in ("numpy", "PIL", "scipy", "tqdm") if find_spec(name) is None]
    if missing:
        logger.warning(
            f"{SETTINGS.results}/summary.tsv and report.html do not show this run: Snakemake's own environment has no "
            f"{', '.join(missing)} (pip install numpy pillow scipy tqdm). They are made once all is mended."
        )
        return
    files = {
        "summary": "summary.tsv",
        "report": "report.html",
        "contact-sheet": "contact_sheet.png",
    }
    # What shows heads in 3D comes out of trimesh; without, that of the last run stays.
    files |= {"viewer": "viewer.js"} if find_spec("trimesh") else {}
    command = [sys.executable, "-m", "scoreface", "summary", f"--ids={id_list()}"]
    command += [f"--settings={settings('summary')}", f"--score-model={asset('score_model')}"]
    command += [f"--results={SETTINGS.results}"]
    command += [f"--{option}={SETTINGS.results}/{name}" for option, name in files.items()]
    command += [f"--sampled={SAMPLED_RECORD}"] if IS_SAMPLED else []
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    # Its bar of progress would stand where the line of the run is.
    done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        logger.warning(done.stderr)


PARSER = SETTINGS.parse.parser
FACES = read_faces()
ASSET_CONTENTS = asset_contents()
PARSER_CONTENTS = own_parser_contents()
INPAINT_JOBS = inpaint_jobs(
    SETTINGS, len(config["views"]["elevations"]) * len(config["views"]["azimuths"])
)


# One line for the whole run; a workflow that uses this one as a module shows its runs as it likes.
PROGRESS = (
    attach(
        workflow,
        list(FACES),
        Path(SETTINGS.results),
        walk_seconds(SETTINGS, INPAINT.pipeline, len(INPAINT_JOBS[0].states)),
    )
    if workflow.modifier.is_main_snakefile()
    else TERMINAL
)

# Snakemake's own prefix is replaced by this one, so it has to bring the strict mode back. Every job finds the package, in
# whatever conda environment and working directory it runs, and nothing of what the user has installed in their home, which
# would go over the environment's. What a job says goes into its log; how far it is to Snakemake's own process, or to the
# terminal through descriptor 3, which the rules open. The braces are doubled because Snakemake formats the prefix.
shell.prefix(
    f"set -euo pipefail; export PYTHONNOUSERSITE=1 SCOREFACE_PROGRESS={shlex.quote(PROGRESS)}"
    f" PYTHONPATH={shlex.quote(str(PACKAGE))}${{{{PYTHONPATH:+:$PYTHONPATH}}}}; "
)


pathvars:
    results=SETTINGS.results,


wildcard_constraints:
    id=ID_PATTERN,
