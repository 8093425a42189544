"""The commands: one sentence and exit status 1 for bad input."""

import json
import subprocess
import sys

import numpy as np
import pytest

from scoreface.base.arrays import read_image, read_mask, write_image
from scoreface.cli import main


def test_bad_input_ends_with_one_sentence(tmp_path):
    (tmp_path / "seen.png").write_text("not a picture")
    (tmp_path / "texture.png").write_text("not a picture")
    command = ["preprocess", "--dark-threshold", "50", "--dark-texels", "all"]
    for name in ("texture", "seen", "large", "known"):
        command += [f"--{name}", str(tmp_path / f"{name}.png")]
    done = subprocess.run(
        [sys.executable, "-m", "scoreface", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {tmp_path / 'texture.png'}: cannot be read as a picture")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "large.png").exists()


def test_a_checkpoint_that_is_none_is_refused(tmp_path):
    (tmp_path / "model.pth").write_text("no checkpoint")
    with pytest.raises(SystemExit, match=r"error: .*model\.pth"):
        main(["score", "convert", str(tmp_path / "model.pth"), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_preprocess_keeps_what_is_seen_and_bright(tmp_path):
    texture = np.zeros((2, 2, 3), np.uint8)
    texture[0] = 51, 51, 51
    texture[1] = 50, 50, 50
    write_image(tmp_path / "texture.png", texture)
    write_image(tmp_path / "seen.png", np.array([[True, False], [True, False]]))
    command = ["preprocess", "--dark-threshold", "50", "--dark-texels", "all"]
    for name in ("texture", "seen", "large", "known"):
        command += [f"--{name}", str(tmp_path / f"{name}.png")]
    main(command)
    known = read_mask(tmp_path / "known.png")
    np.testing.assert_array_equal(known, [[True, False], [False, False]])
    np.testing.assert_array_equal(read_image(tmp_path / "large.png"), texture * known[..., None])


def test_order_views_writes_the_views_nearest_first(tmp_path):
    np.save(tmp_path / "axis_angle.npy", np.radians([0.0, -20.0, 0.0]))
    command = [
        "order-views",
        "--start",
        "photo",
        "--elevations",
        "0",
        "--azimuths",
        "-20",
        "0",
        "20",
    ]
    command += ["--axis-angle", str(tmp_path / "axis_angle.npy")]
    main([*command, "--out", str(tmp_path / "v.json")])
    views = json.loads((tmp_path / "v.json").read_text())
    # A head turned by -20 degrees about y is seen as a camera at azimuth +20 sees it.
    assert [view["azimuth"] for view in views] == [20, 0, -20]
    assert [view["distance"] for view in views] == pytest.approx([0, 20, 40], abs=1e-3)


def test_screen_lists_every_id_with_its_reason(tmp_path):
    (tmp_path / "ids.txt").write_text("00042\nb\n")
    fits = {
        "00042": {"status": "accepted", "reason": None, "yaw": 1, "pitch": 2, "roll": 3}
        | {"reprojection_error": 0.01},
        "b": {"status": "rejected", "reason": "no\tface\nhere", "yaw": None, "pitch": None}
        | {"roll": None, "reprojection_error": None},
    }
    for name, fit in fits.items():
        folder = tmp_path / "results" / name / "fit"
        folder.mkdir(parents=True)
        (folder / "fit.json").write_text(json.dumps(fit))
    command = ["screen", "--ids", str(tmp_path / "ids.txt"), "--out", str(tmp_path / "screen.tsv")]
    main([*command, "--results", str(tmp_path / "results")])
    rows = [line.split("\t") for line in (tmp_path / "screen.tsv").read_text().splitlines()]
    assert rows == [
        ["id", "status", "reason", "yaw", "pitch", "roll", "error"],
        ["00042", "accepted", "", "1.0000", "2.0000", "3.0000", "0.0100"],
        ["b", "rejected", "no face here", "", "", "", ""],
    ]
