"""The models: which path each one's key stands for, and which the workflow makes itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from scoreface.base.errors import shown
from scoreface.base.files import is_there
from scoreface.base.settings import key
from scoreface.config.checksums import content_checksums
from scoreface.fitting.job import DEMO_MODELS
from scoreface.score.identify import is_hub_name

#: The embedded head: what the workflow makes, in the working directory, where its keys say ``demo``.
DEMO_ASSETS = {**DEMO_MODELS, "texture_data": "resources/demo/texture_data.npy"}

#: The Gaussian prior, which the workflow makes too.
GAUSSIAN_PRIOR = "resources/demo/prior.npz"

_NETWORKS = Path(__file__).resolve().parents[1] / "demo"
#: The embedded score models, by what ``assets.score_model`` calls them. The networks come with the package, each for
#: views of its own size.
SCORE_MODELS = {
    "demo": str(_NETWORKS / "score_model"),
    "demo-128": str(_NETWORKS / "score_model_128"),
    "gaussian": GAUSSIAN_PRIOR,
}

#: Folder of the photos that the workflow makes for the demo.
DEMO_PHOTOS_FOLDER = "resources/demo/photos"


@dataclass(frozen=True)
class Assets:
    """The values of the models' keys: a path, ``demo`` or another embedded one, ``auto``, or a name on the hub."""

    flame_model: str = key("assets.flame_model")
    landmark_embedding: str = key("assets.landmark_embedding")
    texture_data: str = key("assets.texture_data")
    landmark_predictor: str = key("assets.landmark_predictor")
    flame_masks: str = key("assets.flame_masks")
    score_model: str = key("assets.score_model")

    @property
    def names(self) -> list[str]:
        """Of all models."""
        return [field.name for field in fields(self)]

    def is_embedded(self, name: str) -> bool:
        """True where the value says an embedded model, not a path or a name on the hub."""
        return getattr(self, name) in (SCORE_MODELS if name == "score_model" else ("demo",))

    def path(self, name: str) -> str:
        """Path, or name on the hub, of the model ``name``; ``auto`` stays."""
        value: str = getattr(self, name)
        if not self.is_embedded(name):
            return value
        return SCORE_MODELS[value] if name == "score_model" else DEMO_ASSETS[name]

    def is_made(self, name: str) -> bool:
        """True where the workflow makes the model ``name`` itself."""
        return self.path(name) in {*DEMO_ASSETS.values(), GAUSSIAN_PRIOR}

    def problems(self) -> list[str]:
        """Models that are not there, one line each."""
        lines = []
        for name in self.names:
            value, path = getattr(self, name), self.path(name)
            on_hub = name == "score_model" and is_hub_name(value)
            own = value != "auto" and not self.is_made(name) and not on_hub
            if own and not is_there(Path(path)):
                lines.append(
                    f"assets.{name}: no such file: {shown(value)[1:-1]} (relative paths count from {Path.cwd()})"
                )
        return lines

    def contents(self, memory: Path) -> dict[str, str]:
        """What counts of each model, for ``params:``: the checksum of its file or folder, not its name nor its time.

        Models that the workflow makes are in ``input:``, and those on the hub are known by their names.

        Args:
            memory: see :func:`content_checksums`.

        Raises:
            InputError: a file cannot be read.
        """
        paths = {
            name: Path(self.path(name))
            for name in self.names
            if getattr(self, name) != "auto" and not self.is_made(name)
        }
        own = {name: path for name, path in paths.items() if path.exists()}
        checksums = content_checksums(own.values(), memory)
        return {
            name: checksums[own[name]] if name in own else f"{getattr(self, name)}, no file"
            for name in self.names
        }
