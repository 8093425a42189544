"""The stages: a module each, with ``VERSION``, ``Settings``, ``Inputs``, ``Outputs`` and ``run``.

A stage's ``VERSION`` is raised whenever its output changes for the same input: Snakemake does not see edits inside the
package, but each rule carries its stage's version in ``params:``. The workflow reads these modules whenever it starts,
so what a stage needs to run is imported in its ``run``.
"""

import importlib
from typing import Any, List, Mapping

from scoreface.base.errors import InputError
from scoreface.base.settings import read

#: Every stage by the name of its command, in the order in which a face goes through them.
STAGES = (
    "doctor",
    "doctor-fit",
    "demo-head",
    "demo-photos",
    "demo-prior",
    "person-model",
    "face-mesh",
    "mesh-landmarks",
    "draw",
    "choose",
    "detect",
    "parse",
    "fit",
    "adopt",
    "screen",
    "project",
    "preprocess",
    "order-views",
    "inpaint",
    "merge",
    "render",
    "export",
    "identity",
    "augment",
    "dataset",
    "summary",
    "licences",
)


def load(name: str) -> Any:
    """The module of the stage ``name``, with dashes or underscores."""
    return importlib.import_module("scoreface.stages." + name.replace("-", "_"))


def settings_problems(config: Mapping[str, Any]) -> List[str]:
    """What is wrong with a configuration's keys taken together, stage by stage; nothing where all is well."""
    problems = {}  # What two stages read is named once.
    for name in STAGES:
        try:
            read(load(name).Settings, config)
        except InputError as error:
            problems[str(error)] = name
    return list(problems)


def config_problems(config: Mapping[str, Any]) -> List[str]:
    """What is wrong with a whole configuration; nothing where all is well.

    Keys are looked at together, and models looked for, only once each key is known to be sound.

    Args:
        config: with the values of ``config.yaml`` where the user gives none, and with numbers where text has them.
    """
    from scoreface.config.schema import schema_problems
    from scoreface.config.workflow import WorkflowSettings

    problems = schema_problems(config) or settings_problems(config)
    return problems or read(WorkflowSettings, config).missing_models()
