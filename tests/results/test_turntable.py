"""The swing of the turntable."""

import numpy as np
from PIL import Image, ImageSequence

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.results import turntable
from scoreface.results.display import PAPER, Studio


def test_the_swing_reaches_both_profiles_and_closes():
    swing = turntable.azimuths(36)
    assert (min(swing), max(swing)) == (-90, 90)
    assert swing[1:] == swing[:0:-1]  # back as it came
    assert np.abs(np.diff([*swing, swing[0]])).max() < 16


def test_each_frame_is_its_view_drawn_alone(sphere, tmp_path):
    # Few colours, so that the palette holds them all but for mixed edges; finer than the pictures' samples.
    rows, columns = np.indices((2048, 2048)) // 256
    texture = np.stack([30 * rows, 30 * columns, 20 * (rows + columns)], 2).astype(np.uint8)
    studio = Studio(sphere, np.zeros(3), PerspectiveCamera(2.5, 60))
    frames = 6
    turntable.write_turntable(studio, texture, frames, tmp_path / "swing.gif")
    with Image.open(tmp_path / "swing.gif") as gif:
        found = [np.array(f.convert("RGB"), float) for f in ImageSequence.Iterator(gif)]
    assert len(found) == frames
    for frame, azimuth in zip(found, turntable.azimuths(frames), strict=True):
        alone = studio.picture(texture, View(0, azimuth), turntable.SIZE, PAPER)
        off = np.abs(frame - alone).max(-1)
        assert np.median(off) <= 1
        assert (off > 12).mean() < 0.01
