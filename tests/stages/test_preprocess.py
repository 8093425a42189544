"""The preprocess stage from pictures to pictures."""

import json

import numpy as np

from scoreface.base.arrays import read_image, read_mask, write_image
from scoreface.cli import main


def test_what_is_seen_and_bright_is_kept(tmp_path):
    texture = np.zeros((2, 2, 3), np.uint8)
    texture[0] = 51, 51, 51
    texture[1] = 50, 50, 50
    write_image(tmp_path / "texture.png", texture)
    write_image(tmp_path / "seen.png", np.array([[True, False], [True, False]]))
    settings = {"preprocess": {"dark_threshold": 50, "dark_texels": "all"}}
    command = ["preprocess", "--settings", json.dumps(settings)]
    for name in ("texture", "seen", "large", "known"):
        command += [f"--{name}", str(tmp_path / f"{name}.png")]
    main(command)
    known = read_mask(tmp_path / "known.png")
    np.testing.assert_array_equal(known, [[True, False], [False, False]])
    np.testing.assert_array_equal(read_image(tmp_path / "large.png"), texture * known[..., None])
