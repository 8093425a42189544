"""The configuration, checked before anything else: an error is one line that names the key."""

import json
from pathlib import Path

from snakemake.exceptions import WorkflowError

from scoreface import stages
from scoreface.base.errors import InputError
from scoreface.base.settings import read, subtree
from scoreface.config.assets import DEMO_ASSETS, DEMO_PHOTOS_FOLDER, GAUSSIAN_PRIOR
from scoreface.config.detector import FACE_MESH
from scoreface.config.ids import (
    ID_PATTERN,
    check_folders,
    check_images,
    check_results,
    image_of,
    read_ids,
)
from scoreface.config.files import with_defaults
from scoreface.config.parser import PERSON_MODEL, is_fetched, parser_contents
from scoreface.config.sampled import SAMPLED
from scoreface.config.schema import with_numbers
from scoreface.config.workflow import (
    WorkflowSettings,
    check_external,
    check_files,
    inpaint_jobs,
    network_minutes,
    walk_seconds,
)
from scoreface.parse.engines import LabelsSettings


def check_config():
    """Stop before any job, in one message, when keys are unknown, missing or wrong, or models are missing."""
    # Not by configfile: what Snakemake has read may be endless, and in a module of another workflow the file is elsewhere.
    try:
        config.update(with_numbers(with_defaults(config)))
    except InputError as error:
        raise WorkflowError(f"config: {error}") from None
    problems = stages.config_problems(config)
    if problems:
        raise WorkflowError("\n".join(f"config: {problem}" for problem in problems))


check_config()

SETTINGS = read(WorkflowSettings, config)


def version(stage):
    """The version of a stage, for ``params:``."""
    return stages.load(stage).VERSION


def settings(stage):
    """The part of the configuration that a stage reads as JSON, for ``params:``.

    Snakemake compares params as a set of values without names: in JSON they have theirs.
    """
    return json.dumps(subtree(stages.load(stage).Settings, config), sort_keys=True)
