"""The turn of the turntable."""

import numpy as np
import pytest
from PIL import Image, ImageSequence

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.results import turntable
from scoreface.results.display import PAPER, Studio


@pytest.mark.parametrize("frames", [2, 7, 36])
def test_the_turn_is_even_and_closes(frames):
    turn = turntable.azimuths(frames)
    assert turn[0] == 0
    # Also from the last one to the first.
    steps = np.diff([*turn, turn[0]]) % 360
    np.testing.assert_allclose(steps, 360 / frames)
    assert all(-180 <= azimuth < 180 for azimuth in turn)


def test_each_frame_is_its_view_drawn_alone(sphere, tmp_path):
    # Few colours, so that the palette holds them all but for mixed edges; finer than the pictures' samples.
    rows, columns = np.indices((2048, 2048)) // 256
    texture = np.stack([30 * rows, 30 * columns, 20 * (rows + columns)], 2).astype(np.uint8)
    studio = Studio(sphere, np.zeros(3), PerspectiveCamera(2.5, 60))
    frames = 6
    gif, webp = tmp_path / "turn.gif", tmp_path / "turn.webp"
    turntable.write_turntable(studio, texture, frames, gif, webp)
    for path, size, most in ((gif, turntable.GIF_SIZE, 1), (webp, turntable.SIZE, 6)):
        with Image.open(path) as moving:
            found = [np.array(f.convert("RGB"), float) for f in ImageSequence.Iterator(moving)]
            assert moving.info["loop"] == 0
        assert len(found) == frames
        for frame, azimuth in zip(found, turntable.azimuths(frames), strict=True):
            alone = studio.picture(texture, View(0, azimuth), turntable.SIZE, PAPER)
            alone = Image.fromarray(alone).resize((size, size), Image.Resampling.LANCZOS)
            off = np.abs(frame - np.array(alone)).max(-1)
            assert np.median(off) <= most
            assert (off > 40).mean() < 0.02
