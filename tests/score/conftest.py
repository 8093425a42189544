"""A small NCSN++ network, and checkpoints in the format of score_sde_pytorch made from networks of diffusers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DModel
from huggingface_hub import constants

import scoreface
from scoreface.score.architectures import Architecture
from scoreface.score.convert import convert_checkpoint
from scoreface.score.ncsnpp import FOURIER, tensor_names

SMALL = Architecture(32, (32, 128), 1, (1,))


@pytest.fixture(scope="session")
def small() -> Architecture:
    """The architecture of the small network."""
    return SMALL


@pytest.fixture(scope="session")
def small_unet() -> UNet2DModel:
    """The small network with random weights."""
    torch.manual_seed(0)
    return UNet2DModel(**SMALL.arguments()).eval().requires_grad_(False)


@pytest.fixture(scope="session")
def original() -> Callable[[UNet2DModel, Architecture], dict]:
    """The converter's inverse: a network as the checkpoint that score_sde_pytorch would have written.

    The averaged weights are the network's; the raw ones are zeros.
    """

    def make(unet: UNet2DModel, architecture: Architecture) -> dict:
        state = unet.state_dict()
        tensors = {}
        for name in tensor_names(architecture, state):
            tensor = state[name.diffusers]
            tensors[name.original] = tensor.T.contiguous() if name.transposed else tensor
        # An expanded zero takes no space in the file.
        raw = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in tensors.items()}
        raw[FOURIER] = tensors.pop(FOURIER)
        sigmas = torch.linspace(348.0, 0.01, 5, dtype=torch.float64)
        return {
            "optimizer": {"state": {}, "param_groups": []},
            "model": {"module.sigmas": sigmas, **raw},
            "ema": {"decay": 0.999, "num_updates": 7, "shadow_params": list(tensors.values())},
            "step": 7,
        }

    return make


@pytest.fixture(scope="session")
def small_checkpoint(original, small_unet, tmp_path_factory) -> Path:
    """The small network as a ``.pth`` file."""
    path = tmp_path_factory.mktemp("original") / "small.pth"
    torch.save(original(small_unet, SMALL), path)
    return path


@pytest.fixture
def small_folder(small_checkpoint, tmp_path) -> Path:
    """The small network as a diffusers folder, to be spoilt at will."""
    folder = tmp_path / "small"
    convert_checkpoint(small_checkpoint, folder)
    return folder


@pytest.fixture
def demo_folder(tmp_path) -> Path:
    """A copy of the embedded network of plain blocks, to be spoilt at will."""
    source = Path(scoreface.__file__).parent / "demo" / "score_model"
    return Path(shutil.copytree(source, tmp_path / "demo"))


@pytest.fixture
def edit_config() -> Callable[..., None]:
    """Changes keys of a JSON file."""

    def edit(path: Path, **changes: object) -> None:
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return edit


@pytest.fixture
def as_pipeline() -> Callable[[Path], None]:
    """Moves a folder's network to ``unet/``, as the hub has it."""

    def move(folder: Path) -> None:
        (folder / "unet").mkdir()
        for file in ("config.json", "diffusion_pytorch_model.safetensors"):
            (folder / file).rename(folder / "unet" / file)
        (folder / "model_index.json").write_text("{}")

    return move


@pytest.fixture
def on_hub(tmp_path, monkeypatch) -> Callable[[str, Path], Path]:
    """Puts folders into the hub's cache of a machine without network, which is empty at first."""
    cache = tmp_path / "cache"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)

    def put(name: str, folder: Path) -> Path:
        repository = cache / f"models--{name.replace('/', '--')}"
        (repository / "refs").mkdir(parents=True)
        (repository / "refs" / "main").write_text("0" * 40)
        return Path(shutil.copytree(folder, repository / "snapshots" / ("0" * 40)))

    return put
