"""The size, noise levels and soundness of a score model, without building its network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.score.folder import cached_hub_folder, commit_of, read_folder
from scoreface.score.identify import Kind, hub_name, identify, model_files


@dataclass(frozen=True)
class ModelFacts:
    """What the files of a score model say.

    Attributes:
        kind: what it is.
        image_size: height and width of its images in pixels.
        sigma_min: the smallest noise level that it knows.
        sigma_max: the largest.
        files: what it is read from, sorted.
        commit: on the hub; empty for what is not from there.
    """

    kind: Kind
    image_size: int
    sigma_min: float
    sigma_max: float
    files: list[Path]
    commit: str = ""


def probe(value: str | Path) -> ModelFacts | None:
    """Look into a score model as :func:`scoreface.score.model.load_score_model` would, short of its network.

    Returns:
        None for a name on the hub that has yet to be fetched, of which nothing is known here.

    Raises:
        InputError: no such model, or a file is missing, cut short, of another kind, or has numbers that are none.
    """
    kind = identify(value)
    path = Path(value)
    # Imported for the kind that is there: torch takes a second.
    if kind is Kind.GAUSSIAN:
        from scoreface.score.gaussian import GaussianScore

        prior = GaussianScore.load(path)
        levels = prior.sigma_min, prior.sigma_max
        return ModelFacts(kind, prior.image_size, *levels, model_files(path))
    if kind is Kind.CHECKPOINT:
        from scoreface.score.checkpoint import check_finite, open_checkpoint

        checkpoint = open_checkpoint(path)
        check_finite(checkpoint.averaged_weights(), path)
        levels = checkpoint.sigma_min, checkpoint.sigma_max
        return ModelFacts(kind, checkpoint.architecture.image_size, *levels, model_files(path))
    on_hub = hub_name(value) if kind is Kind.HUB else None
    folder = cached_hub_folder(*on_hub) if on_hub else path
    if folder is None:
        return None
    found = read_folder(folder)
    _check_numbers(found.weights)
    levels = found.sigma_min, found.sigma_max
    commit = commit_of(folder) if on_hub else ""
    return ModelFacts(kind, found.image_size, *levels, model_files(folder), commit)


def _check_numbers(weights: Path) -> None:
    """Read a folder's weights, one tensor at a time.

    Raises:
        InputError: the file is damaged, or a number is not finite.
    """
    from safetensors import SafetensorError, safe_open

    from scoreface.score.checkpoint import check_finite, load_tensors

    if weights.suffix != ".safetensors":
        check_finite(load_tensors(weights), weights)
        return
    try:
        with safe_open(weights, "pt") as file:
            for name in file.keys():  # which is no dict
                check_finite({name: file.get_tensor(name)}, weights)
    except SafetensorError as error:
        raise InputError(
            f"{weights}: no safetensors file, or cut short ({error}); get it again"
        ) from error
