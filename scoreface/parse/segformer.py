"""SegFormer for face parsing (Xie et al. 2021) by ``transformers``, from a folder or from the Hugging Face hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from huggingface_hub import snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import HFValidationError
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.base.files import read_json, sha256_of
from scoreface.parse.celeba import checked_scores, decide, labels_of, where_to_look
from scoreface.parse.engines import Given, Parsed, SegformerSettings, Source

_KEY = "parse.segformer.model"
_CONFIG, _WEIGHTS, _PROCESSOR = "config.json", "model.safetensors", "preprocessor_config.json"


class SegformerParser:
    """The network in a folder or on the hub.

    Raises:
        InputError: it cannot be had, or is no network for face parsing.
    """

    def __init__(self, settings: SegformerSettings, given: Given) -> None:
        self._name = settings.model
        folder = Path(settings.model)
        self._folder = folder if folder.is_dir() else _from_hub(settings.model)
        for name in (_CONFIG, _WEIGHTS, _PROCESSOR):
            if not (self._folder / name).is_file():
                raise InputError(f"{_KEY}: {settings.model} has no {name}")
        config = read_json(self._folder / _CONFIG)
        made_for = config.get("architectures") if isinstance(config, dict) else None
        if made_for != [transformers.SegformerForSemanticSegmentation.__name__]:
            raise InputError(f"{_KEY}: {settings.model} is no SegFormer for semantic segmentation")
        self._network, self._processor = _load(self._folder, settings.model)
        by_number = self._network.config.id2label
        names = [by_number[number] for number in sorted(by_number, key=int)]
        self._labels = labels_of(names, f"{_KEY}: {settings.model}")

    @property
    def weights(self) -> Path:
        """The file of the network's weights."""
        return self._folder / _WEIGHTS

    @property
    def classes(self) -> int:
        """How many classes the network tells apart."""
        return len(self._labels)

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        box = where_to_look(photo.shape[:2], landmarks)
        part = Image.fromarray(np.ascontiguousarray(photo[box.rows, box.columns]))
        what = f"{_KEY}: {self._name}"
        try:
            with torch.inference_mode():
                given = self._processor(images=part, return_tensors="pt")
                made = self._network(pixel_values=given["pixel_values"]).logits.float().numpy()
        except Exception as error:  # as when it is loaded
            raise InputError(f"{what} does not run on a picture ({error})") from error
        scores = checked_scores(made, len(self._labels), what)
        return decide(scores, self._labels, box, photo.shape[:2])

    def source(self) -> Source:
        """See :meth:`scoreface.parse.engines.Parser.source`."""
        return Source(self._name, sha256_of(self.weights))


def _load(folder: Path, name: str) -> tuple[Any, Any]:
    """The network and what prepares pictures for it."""
    try:
        loaded: Any = transformers.SegformerForSemanticSegmentation.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
        processor = transformers.AutoImageProcessor.from_pretrained(
            folder, local_files_only=True, backend="pil"
        )
    except Exception as error:  # transformers raises almost anything on damaged files
        raise InputError(f"{_KEY}: {name} cannot be loaded ({error})") from error
    network, found = loaded
    # transformers puts random weights in the place of those.
    missing = sorted(found["missing_keys"])
    if missing:
        raise InputError(f"{_KEY}: {name} has no weights {missing[0]} in {_WEIGHTS}; get it again")
    return network.eval(), processor


def is_at_hand(name: str) -> bool:
    """Whether a folder, or a name on the hub, can be loaded without a network."""
    if Path(name).is_dir():
        return True
    repository, _, revision = name.partition("@")
    return all(
        isinstance(try_to_load_from_cache(repository, file, revision=revision or None), str)
        for file in (_CONFIG, _WEIGHTS, _PROCESSOR)
    )


def _from_hub(name: str) -> Path:
    """The local copy of ``owner/name`` or ``owner/name@revision``, downloaded where it is not in the cache yet."""
    repository, _, revision = name.partition("@")
    try:
        return Path(
            snapshot_download(
                repository,
                revision=revision or None,
                allow_patterns=[_CONFIG, _WEIGHTS, _PROCESSOR],
            )
        )
    except HFValidationError as error:
        raise InputError(
            f"{_KEY}: {name} is no folder here, and no repository of the Hugging Face hub can have that name"
        ) from error
    except Exception as error:  # huggingface_hub's own, and those of the connection
        raise InputError(
            f"{_KEY}: {name} is no folder here, and it could not be had from the Hugging Face hub "
            f"({type(error).__name__}); download it where there is a network and give its folder"
        ) from error
