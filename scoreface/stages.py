"""The stages between fit and results: files in, files out. The maths stands in the packages that they call."""

from __future__ import annotations

import contextlib
import functools
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, PngImagePlugin

from scoreface.files import (
    InputError,
    atomic,
    read_image,
    read_json,
    read_mask,
    write_image,
    write_json,
    write_npz,
    write_text,
)
from scoreface.geometry.mesh import Mesh, load_obj, save_obj
from scoreface.geometry.views import View

if TYPE_CHECKING:
    from scoreface.inpaint.pipeline import Pipeline


def score_convert(options: Namespace) -> None:
    """Convert a checkpoint of score_sde_pytorch to a diffusers folder."""
    from scoreface.score.convert import convert_checkpoint

    convert_checkpoint(options.checkpoint, options.folder)


def screen(options: Namespace) -> None:
    """Gather every ``fit.json`` into one table of accepted and rejected ids."""
    from scoreface.ids import read_ids

    rows = ["id\tstatus\treason\tyaw\tpitch\troll\terror"]
    for face in read_ids(options.ids):
        fit = read_json(options.results / face.id / "fit" / "fit.json")
        reason = " ".join((fit["reason"] or "").split())
        numbers = [fit[key] for key in ("yaw", "pitch", "roll", "reprojection_error")]
        cells = ["" if number is None else f"{number:.4f}" for number in numbers]
        rows.append("\t".join([face.id, fit["status"], reason, *cells]))
    write_text(options.out, "\n".join(rows) + "\n")


def project(options: Namespace) -> None:
    """Lift the photo onto the texture, and write the head as a mesh with UVs."""
    from scoreface.texture.layout import load_layout
    from scoreface.texture.project import lift_photo

    with np.load(options.fit) as fit:
        vertices, faces, axis_angle = fit["vertices"], fit["faces"], fit["axis_angle"]
        scale = float(fit["scale"])
    faces = faces.astype(np.int64)
    layout = load_layout(options.texture_data, options.size, faces)
    texture, seen = lift_photo(
        read_image(options.photo),
        vertices,
        faces,
        scale,
        layout,
        options.occlusion,
        options.sampling,
        options.min_cosine,
    )
    if not seen.any():
        raise InputError(
            f"{options.fit}: the photo shows no texel of the head; look at overlay.png"
        )
    save_obj(Mesh(vertices, faces, layout.vt, layout.ft), options.mesh, "../texture/photo.png")
    with atomic(options.axis_angle) as temporary:
        np.save(temporary, axis_angle)
    write_image(options.texture, texture)
    write_image(options.seen, seen)


def adopt(options: Namespace) -> None:
    """Take another fitter's head, texture and rotation in place of the fit and project stages."""
    from scoreface.fitting.angles import head_angles
    from scoreface.texture.adopt import adopt as read_fit

    photo = read_image(options.image)
    mesh, texture, seen, rotation = read_fit(
        options.fitted_mesh, options.fitted_texture, options.fitted_axis_angle, options.size
    )
    save_obj(mesh, options.mesh, "../texture/photo.png")
    with atomic(options.axis_angle) as temporary:
        np.save(temporary, rotation)
    write_image(options.texture, texture)
    write_image(options.seen, seen)
    write_image(options.photo, photo)
    write_npz(options.fit, vertices=mesh.vertices, faces=mesh.faces, axis_angle=rotation)
    record = {"status": "accepted", "reason": None, **head_angles(rotation)}
    write_json(options.record, {**record, "reprojection_error": None})


def preprocess(options: Namespace) -> None:
    """Remove dark texels from what the photo shows."""
    from scoreface.texture.preprocess import known_texels

    texture, seen = read_image(options.texture), read_mask(options.seen)
    known = known_texels(texture, seen, options.dark_threshold, options.dark_texels)
    write_image(options.large, np.where(known[..., None], texture, 0).astype(np.uint8))
    write_image(options.known, known)


def order_views(options: Namespace) -> None:
    """Write the views in the order in which they are inpainted."""
    from scoreface.geometry.views import order_views as ordered
    from scoreface.geometry.views import view_grid

    grid = view_grid(options.elevations, options.azimuths)
    views = [
        {"elevation": view.elevation, "azimuth": view.azimuth, "distance": round(angle, 4)}
        for view, angle in ordered(grid, np.load(options.axis_angle), options.start)
    ]
    write_json(options.out, views)


def inpaint(options: Namespace) -> None:
    """Inpaint consecutive views, each from the state before it."""
    import torch

    from scoreface.geometry.camera import PerspectiveCamera
    from scoreface.inpaint.chain import Job, file_digest, run
    from scoreface.inpaint.scene import Scene
    from scoreface.score.model import choose_device, load_score_model, score_model_files
    from scoreface.texture.state import TextureState

    torch.set_num_threads(options.threads)
    files = {
        "mesh": options.mesh,
        "axis_angle": options.axis_angle,
        "large": options.large,
        "known": options.known,
    }
    camera = PerspectiveCamera(options.distance, options.field_of_view)
    scene = Scene.load(
        **files, small_size=options.texture_size, camera=camera, back_end=options.rasteriser
    )
    device = choose_device(options.device)
    job = Job(
        options.id,
        options.seed,
        options.round,
        options.first,
        [View(view["elevation"], view["azimuth"]) for view in read_json(options.views)],
        options.out,
    )
    with _memory_named(options.face_size, device.type):
        run(
            job,
            functools.partial(load_score_model, options.score_model, device),
            scene,
            TextureState.load(options.state) if options.state else scene.first_state(),
            make_pipeline(options),
            {
                **{name: file_digest(path) for name, path in files.items()},
                "score_model": " ".join(
                    file_digest(path) for path in score_model_files(options.score_model)
                ),
                "camera": f"{camera} {options.rasteriser}",
                "texture_size": str(options.texture_size),
            },
        )


# What torch's errors say when there is no memory: on a GPU, in a GPU's libraries, and on the CPU.
_NO_MEMORY = ("out of memory", "ALLOC_FAILED", "allocate memory")


@contextlib.contextmanager
def _memory_named(face_size: int, device: str) -> Iterator[None]:
    """Say which keys to change when the block runs out of memory.

    Raises:
        InputError: it did.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not any(sign in str(error) for sign in _NO_MEMORY):
            raise
        elsewhere = (
            "set inpaint.gpu: 1 so that jobs take turns, or set inpaint.device: cpu"
            if device == "cuda"
            else "or run fewer jobs at once (snakemake -j1)"
        )
        first_line = str(error).partition("\n")[0]
        raise InputError(
            f"inpaint.face_size: {device} has too little memory for views of {face_size} pixels ({first_line}); "
            f"take a smaller score model and lower inpaint.face_size to its size, {elsewhere}"
        ) from error


def make_pipeline(options: Namespace) -> Pipeline:
    """The pipeline of the options, which are named as the keys under ``inpaint`` in the configuration.

    Raises:
        InputError: a value that the pipeline does not take.
    """
    from scoreface.inpaint.image_space import ImageSpace
    from scoreface.inpaint.multiview import MultiView
    from scoreface.inpaint.texture_space import TextureSpace

    settings = (
        options.face_size,
        options.noise_levels,
        options.corrector_steps,
        options.snr,
        options.correction_threshold,
    )
    kept = options.keep_silhouette
    if options.space == "image":
        return ImageSpace(*settings, options.predictor, keep_silhouette=kept)
    if options.space == "texture":
        return TextureSpace(*settings, options.textures, keep_silhouette=kept)
    if options.space == "multiview":
        return MultiView(*settings, options.textures, options.combine, keep_silhouette=kept)
    raise InputError(f"inpaint.space: {options.space!r} is none of image, texture, multiview")


def merge(options: Namespace) -> None:
    """Make the finished texture: the photo's texels, generated ones, and the rest completed."""
    from scoreface.texture.merge import merge_textures
    from scoreface.texture.state import LEGEND, TextureState

    texture, labels = merge_textures(
        load_obj(options.mesh),
        np.load(options.axis_angle),
        read_image(options.large),
        read_mask(options.known),
        TextureState.load(options.state),
    )
    write_image(options.texture, texture)
    _write_labels(options.provenance, labels, LEGEND)


# Black, photo grey-blue, two oranges for the two rounds, and violet for what the prior never made.
_LABEL_COLOURS = [(0, 0, 0), (70, 130, 180), (240, 160, 60), (200, 80, 40), (150, 90, 190)]


def _write_labels(path: Path, labels: np.ndarray, legend: dict[int, str]) -> None:
    """Labels (S, S) uint8 as an indexed PNG whose pixel values are the labels, legend in its metadata."""
    picture = Image.fromarray(labels)
    picture.putpalette([value for colour in _LABEL_COLOURS for value in colour])
    text = PngImagePlugin.PngInfo()
    for label, meaning in legend.items():
        text.add_text(f"label {label}", meaning)
    with atomic(path) as temporary:
        picture.save(temporary, pnginfo=text)


def render(options: Namespace) -> None:
    """Render the finished head: frontal, at several angles, as a turntable, before and after."""
    from scoreface.results.render import run_render

    run_render(**_paths_and_settings(options))


def export(options: Namespace) -> None:
    """Write the finished head as OBJ and GLB."""
    from scoreface.results.export import run_export

    run_export(**_paths_and_settings(options))


def summary(options: Namespace) -> None:
    """Gather all faces into one table and one page."""
    from scoreface.results.summary import run_summary

    run_summary(**_paths_and_settings(options))


def _paths_and_settings(options: Namespace) -> dict[str, Any]:
    return {key: value for key, value in vars(options).items() if key != "stage"}
