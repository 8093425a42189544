"""The merge stage from a state to pictures."""

import json

import numpy as np
import pytest

from scoreface.base.arrays import read_image, read_labels, write_image
from scoreface.cli import main
from scoreface.geometry.mesh import save_obj
from scoreface.texture.carried import nothing, write_carried
from scoreface.texture.layout import make_layout
from scoreface.texture.state import GENERATED_1, TextureState

LARGE, SMALL, SAMPLES = 32, 16, 3
SHADES = np.array([0.2, 0.4, 0.6])


@pytest.fixture
def command(sphere, tmp_path):
    """The command for so many completions beside the first, of a state that has two; the photo shows a left half."""
    save_obj(sphere, tmp_path / "head.obj", "texture.png")
    np.save(tmp_path / "axis_angle.npy", np.zeros(3))
    known = (np.arange(LARGE) < LARGE // 2) & np.ones((LARGE, 1), bool)
    write_image(
        tmp_path / "large.png", np.where(known[..., None], 90, 0).astype(np.uint8).repeat(3, 2)
    )
    write_image(tmp_path / "known.png", known)
    write_carried(nothing(LARGE), tmp_path / "labels.png", tmp_path / "regions.png")
    chart = make_layout(sphere.vt, sphere.ft, sphere.faces, SMALL).chart
    small = np.full((SMALL, SMALL, 3), 90)
    state = TextureState.from_photo(small, known[::2, ::2], chart, SAMPLES)
    colours = np.broadcast_to(SHADES[:, None, None, None], (SAMPLES, SMALL, SMALL, 3))
    state.fill(colours, state.unfilled, GENERATED_1, 0).save(tmp_path / "state.npz")

    def build(further: int) -> list[str]:
        files = {"mesh": "head.obj", "axis-angle": "axis_angle.npy", "large": "large.png"}
        files |= {"known": "known.png", "state": "state.npz", "texel-labels": "labels.png"}
        files |= {"regions": "regions.png", "texture": "texture.png", "light": "light.json"}
        files |= {"provenance": "provenance.png"}
        parts = [part for name, file in files.items() for part in (f"--{name}", tmp_path / file)]
        settings = json.dumps({"texture": {"light": "photo", "detail": "none"}})
        if further:
            parts += ["--further", *(tmp_path / f"samples/{k}.png" for k in range(further))]
            parts += ["--uncertainty", tmp_path / "uncertainty.png"]
        return ["merge", "--settings", settings, *map(str, parts)]

    return build


def test_each_completion_is_a_texture_and_their_deviation_a_picture(command, tmp_path):
    main(command(SAMPLES - 1))
    paths = [tmp_path / "texture.png", *(tmp_path / f"samples/{k}.png" for k in range(2))]
    made = read_labels(tmp_path / "provenance.png") == GENERATED_1
    assert made.any()
    # At the rim to the photo's, colours are interpolated.
    made &= np.arange(LARGE) > LARGE // 2 + 1
    for path, shade in zip(paths, SHADES, strict=True):
        texture = read_image(path)
        assert (texture[:, : LARGE // 2 - 1] == 90).all()
        assert np.abs(texture[made] - 255 * shade).max() <= 1
    uncertainty = read_image(tmp_path / "uncertainty.png")
    assert uncertainty.shape[:2] == (LARGE, LARGE)
    gray = uncertainty.reshape(LARGE, LARGE, -1)[..., 0]
    # Four units a level, but no more than there are.
    assert (gray[made] == min(round(4 * 255 * SHADES.std()), 255)).all()
    assert (gray[:, : LARGE // 2 - 1] == 0).all()


@pytest.mark.parametrize("further", [0, 1, 3])
def test_another_number_of_completions_than_the_state_s_is_named(command, tmp_path, further):
    with pytest.raises(SystemExit) as caught:
        main(command(further))
    message = str(caught.value.code)
    assert message.startswith(f"error: {tmp_path / 'state.npz'}: 3 completions, but {1 + further}")
    assert "(inpaint.samples); delete it and run again" in message
    assert not (tmp_path / "texture.png").exists()
