"""The head as a script that the page's viewer loads: a page opened from disk may load scripts, and no other data."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from scoreface.base.files import write_text
from scoreface.geometry.mesh import Mesh
from scoreface.results.display import reduced
from scoreface.results.export import split_seams

# Texels along a side that a viewer of a few hundred pixels shows: larger textures are halved down to that.
_MOST_TEXELS = 1024
_QUALITY = 88


def write_head_script(
    id: str,
    head: Mesh,
    complete: np.ndarray,
    photo_texture: np.ndarray,
    provenance: np.ndarray,
    path: Path,
) -> None:
    """Write a script with one call, ``scorefaceHead(id, head)``.

    The head is an object: ``vertices`` and ``normals`` (W, 3) and ``uv`` (W, 2), v up, in float32, ``faces`` (F, 3) in
    uint32, all little-endian and in base64, and ``textures``, data URIs by their names: ``complete``, ``incomplete``
    (transparent where the photo does not show the texel) and ``provenance``.

    Args:
        id: of the face.
        head: from :func:`scoreface.results.export.upright`.
        complete: (S, S, 3) texture, 0..255, padded beyond the chart.
        photo_texture: (S, S, 4) the photo's texels, 0..255, multiplied by the last channel: 1 where the photo shows the
            texel and 0 elsewhere; padded beyond the chart.
        provenance: (S, S, 3) uint8, the labels' colours, padded beyond the chart.
        path: script to write.
    """
    sources, uv, faces = split_seams(head)
    complete, photo_texture = (reduced(x, _MOST_TEXELS // 2) for x in (complete, photo_texture))
    # Premultiplied colours were averaged: what a texel of several shows is that of those that the photo shows.
    alpha = photo_texture[..., 3:]
    colours = photo_texture[..., :3] / np.maximum(alpha, 1e-6)
    incomplete = np.concatenate([colours, 255.0 * alpha], 2)
    step = len(provenance) // len(complete)
    content = {
        "vertices": _numbers(head.vertices[sources], "<f4"),
        "normals": _numbers(head.vertex_normals()[sources], "<f4"),
        "uv": _numbers(uv, "<f4"),
        "faces": _numbers(faces, "<u4"),
        "textures": {
            "complete": _picture(complete, "webp", quality=_QUALITY),
            "incomplete": _picture(incomplete, "webp", quality=_QUALITY),
            "provenance": _picture(provenance[::step, ::step], "png", optimize=True),
        },
    }
    write_text(path, f"scorefaceHead({json.dumps(id)}, {json.dumps(content)});\n")


def _numbers(values: np.ndarray, kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode()


def _picture(pixels: np.ndarray, kind: str, **options: int) -> str:
    file = io.BytesIO()
    Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8)).save(file, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
