"""The render stage from files to files."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import read_image, write_image, write_npz
from scoreface.base.errors import InputError
from scoreface.geometry.mesh import load_head, save_obj
from scoreface.geometry.settings import LensSettings
from scoreface.results import compare, turntable
from scoreface.stages.render import Inputs, Outputs, Settings, run

from .conftest import in_photo, write_five_points

FRAMES = 6
COLOUR = (180, 120, 90)
SETTINGS = Settings(
    camera=LensSettings(field_of_view=60.0, distance=2.5),
    rasteriser="embree",
    size=48,
    elevations=(0.0, 10.0),
    azimuths=(-30.0, 0.0, 7.5),
    turntable_frames=FRAMES,
    aligned=False,
    engine="flame",
)


@pytest.fixture
def inputs(tmp_path, sphere) -> Inputs:
    """A sphere of one colour, half of which the photo shows."""
    save_obj(sphere, tmp_path / "head.obj", "texture.png")
    np.save(tmp_path / "axis_angle.npy", np.zeros(3))
    texture = np.full((64, 64, 3), COLOUR, np.uint8)
    known = np.zeros((64, 64), bool)
    known[:, :32] = True
    write_image(tmp_path / "texture.png", texture)
    write_image(tmp_path / "large.png", np.where(known[..., None], texture, 0).astype(np.uint8))
    write_image(tmp_path / "known.png", known)
    write_image(tmp_path / "photo.png", np.full((90, 120, 3), 99, np.uint8))
    head = {"vertices": sphere.vertices, "faces": sphere.faces, "axis_angle": np.zeros(3)}
    write_npz(tmp_path / "fit.npz", **head, scale=40.0, **in_photo(sphere.vertices))
    return Inputs(
        mesh=tmp_path / "head.obj",
        axis_angle=tmp_path / "axis_angle.npy",
        texture=tmp_path / "texture.png",
        large=tmp_path / "large.png",
        known=tmp_path / "known.png",
        photo=tmp_path / "photo.png",
        fit=tmp_path / "fit.npz",
    )


@pytest.fixture
def outputs(tmp_path) -> Outputs:
    out = tmp_path / "out"
    return Outputs(
        frontal=out / "frontal.png",
        frontal_photo=out / "frontal_photo.png",
        views_dir=out / "views",
        turntable=out / "turntable.gif",
        turntable_webp=out / "turntable.webp",
        before_after=out / "before_after.png",
        compare_dir=out / "compare",
    )


def test_every_picture_is_written(inputs, outputs):
    run(inputs, outputs, SETTINGS)

    frontal = read_image(outputs.frontal)
    assert frontal.shape == (48, 48, 3)
    assert tuple(frontal[24, 24]) == COLOUR
    assert (frontal[0] == 0).all()
    # The photo's half of the sphere shows left of the middle.
    photo = read_image(outputs.frontal_photo)
    assert (photo[:, :22] == frontal[:, :22]).all()
    assert (photo[:, 26:] == 0).all()
    assert sorted(path.name for path in outputs.views_dir.iterdir()) == [
        f"view_e{elevation}_a{azimuth}.png"
        for elevation in ("+00", "+10")
        for azimuth in ("+00", "+7.5", "-30")
    ]
    same = read_image(outputs.views_dir / "view_e+00_a+00.png")
    assert (same == frontal).all()
    assert read_image(outputs.before_after).shape[1] == 1200
    names = sorted(path.name for path in outputs.compare_dir.iterdir())
    assert names == ["complete.png", "incomplete.png", "photo.png"]
    assert {read_image(outputs.compare_dir / name).shape for name in names} == {
        (compare.SIZE, compare.SIZE, 3)
    }


def test_aligned_pictures_come_on_request(inputs, outputs, tmp_path):
    embedding = write_five_points(load_head(inputs.mesh), tmp_path / "embedding.pkl")
    asked = replace(SETTINGS, aligned=True)
    with pytest.raises(InputError, match="--landmark-embedding"):
        run(inputs, outputs, asked)
    aligned = outputs.views_dir.parent / "aligned"
    run(replace(inputs, landmark_embedding=embedding), replace(outputs, aligned_dir=aligned), asked)
    views = {path.name for path in outputs.views_dir.iterdir()}
    assert {path.name for path in aligned.iterdir()} == views | {"frontal.png"}
    for path in aligned.iterdir():
        assert read_image(path).shape == (112, 112, 3)
    # The nose of the template is in the middle of the ball's visible part.
    assert tuple(read_image(aligned / "frontal.png")[72, 56]) == COLOUR


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"engine": "external"}, "fit.engine: external"),
        ({"azimuths": (0.0, 120.0)}, "a view at 120 degrees shows no face"),
        ({"elevations": (-95.0,)}, "a view at -95 degrees shows no face"),
    ],
)
def test_what_cannot_be_aligned_is_refused(change, problem):
    with pytest.raises(InputError, match=problem):
        replace(SETTINGS, aligned=True, **change)
    replace(SETTINGS, **change)


def test_turntable_is_an_endless_gif_of_the_given_frames(inputs, outputs):
    # A texture with a pattern, because equal frames are stored as one.
    pattern = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    write_image(inputs.texture, pattern)
    run(inputs, outputs, SETTINGS)
    with Image.open(outputs.turntable) as gif:
        assert gif.n_frames == FRAMES
        assert gif.size == (turntable.GIF_SIZE, turntable.GIF_SIZE)
        assert gif.info["loop"] == 0
        gif.seek(0)
        corner = gif.convert("RGB").getpixel((0, 0))
    assert min(corner) > 225  # the light background
    assert outputs.turntable.stat().st_size < 3e6 / 36 * FRAMES
    with Image.open(outputs.turntable_webp) as webp:
        assert (webp.n_frames, webp.info["loop"]) == (FRAMES, 0)
        assert webp.size == (turntable.SIZE, turntable.SIZE)


def test_bad_input_is_named(inputs, outputs, tmp_path):
    with pytest.raises(InputError, match="2 or more"):
        replace(SETTINGS, turntable_frames=1)
    write_image(tmp_path / "known.png", np.zeros((32, 32), bool))
    with pytest.raises(InputError, match=r"known\.png: 32 x 32 texels"):
        run(inputs, outputs, SETTINGS)
    (tmp_path / "photo.txt").write_text("no picture")
    with pytest.raises(InputError, match=r"photo\.txt"):
        run(replace(inputs, texture=tmp_path / "photo.txt"), outputs, SETTINGS)
    assert not outputs.frontal.exists()
