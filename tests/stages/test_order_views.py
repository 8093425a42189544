"""The order-views stage from a head's rotation to its views."""

import json

import numpy as np
import pytest

from scoreface.cli import main


def test_the_views_nearest_to_the_photo_s_come_first(tmp_path):
    np.save(tmp_path / "axis_angle.npy", np.radians([0.0, -20.0, 0.0]))
    settings = {"views": {"start": "photo", "elevations": [0], "azimuths": [-20, 0, 20]}}
    command = ["order-views", "--settings", json.dumps(settings)]
    command += ["--axis-angle", str(tmp_path / "axis_angle.npy")]
    main([*command, "--out", str(tmp_path / "v.json")])
    views = json.loads((tmp_path / "v.json").read_text())
    # A head turned by -20 degrees about y is seen as a camera at azimuth +20 sees it.
    assert [view["azimuth"] for view in views] == [20, 0, -20]
    assert [view["distance"] for view in views] == pytest.approx([0, 20, 40], abs=1e-3)
