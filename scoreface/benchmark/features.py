"""How far apart two pictures are to a network that was trained on photos of people.

As LPIPS (Zhang et al. 2018) has it: at each place the network's activations are scaled to length 1, and the squares of
their differences averaged over places and scales. LPIPS itself weighs networks of ImageNet by what people answered;
no package ships those, so this has the person network's encoder (:mod:`scoreface.parse.person_model`) and no weights.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from scoreface.base.errors import InputError

#: Pixels along a side of the pictures that it takes.
SIDE = 256
# The ends of the encoder's scales: 128, 64, 32 and 16 places a side, 16 to 32 activations at each.
_LAYERS = ("h_swish", "conv2d_4", "add__xeno_compat__1", "add_4__xeno_compat__1")


class Features:
    """The network's view of pictures.

    Args:
        path: ``selfie_segmentation.tflite``.

    Raises:
        InputError: the file is missing or no such network.
    """

    def __init__(self, path: Path):
        try:
            with warnings.catch_warnings():
                # That intermediate results are kept is meant for debugging; here it is what is wanted.
                warnings.simplefilter("ignore")
                self._network = Interpreter(
                    model_content=path.read_bytes(),
                    num_threads=1,
                    experimental_preserve_all_tensors=True,
                )
            self._network.allocate_tensors()
            names = {
                tensor["name"]: tensor["index"] for tensor in self._network.get_tensor_details()
            }
            self._layers = [names[name] for name in _LAYERS]
            (given,) = self._network.get_input_details()
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise InputError(
                f"{path}: is not the person network; `scoreface person-model` fetches it"
            ) from error
        self._given = given["index"]

    def distance(self, one: np.ndarray, other: np.ndarray, share: np.ndarray) -> float:
        """How far two pictures are apart where it counts: 0 for equal ones; nan where nothing counts.

        Args:
            one, other: (256, 256, 3) uint8.
            share: (256, 256) in [0, 1], how much each pixel counts.
        """
        distances = []
        for a, b in zip(self._maps(one), self._maps(other), strict=True):
            weight = cv2.resize(
                share.astype(np.float32), a.shape[1::-1], interpolation=cv2.INTER_AREA
            )
            if not weight.sum():
                return float("nan")
            squares = ((a - b) ** 2).sum(axis=2)
            distances.append(float((weight * squares).sum() / weight.sum()))
        return float(np.mean(distances))

    def _maps(self, picture: np.ndarray) -> list[np.ndarray]:
        """The activations (h, w, C) of each scale, scaled to length 1 at each place."""
        self._network.set_tensor(self._given, picture[None].astype(np.float32) / 255)
        self._network.invoke()
        maps = [self._network.get_tensor(index)[0] for index in self._layers]
        return [
            layer / np.maximum(np.linalg.norm(layer, axis=2, keepdims=True), 1e-6) for layer in maps
        ]
