"""The networks that find faces beside dlib: there, whole, and run on a picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from scoreface.base.findings import NOT_CHECKED, NOT_USED, Finding, Result, check_model
from scoreface.config.detector import FACE_MESH, DetectorSettings
from scoreface.parse.face_mesh_model import MEMBERS

#: The modules that run them.
RUNNERS = ("cv2", "ai_edge_litert")

_SUBJECT = "fit.detector"
_PICTURE = np.full((64, 64, 3), 128, np.uint8)


def check_detector(settings: DetectorSettings) -> Finding:
    """What can be said of ``fit.detector`` before a face is looked for."""
    if not settings.asks_mesh:
        who = "of one's own" if settings.landmarks else settings.detector
        external = settings.engine == "external"
        details = "another fitter made the heads" if external else f"{who}: no network is needed"
        return Finding(_SUBJECT, NOT_USED, details)
    without = [module for module in RUNNERS if find_spec(module) is None]
    if without:
        # That it is missing is said of the package.
        return Finding(_SUBJECT, NOT_CHECKED, f"not looked at without {without[0]}")
    # The one that is not there yet, so that neither is read before both are.
    path = next((path for path in FACE_MESH if not path.exists()), FACE_MESH.mesh)
    return check_model(_SUBJECT, path, _networks, made=True)


def _networks(path: Path) -> Result:
    from scoreface.base.errors import InputError
    from scoreface.parse.face_mesh import FaceMesh

    FaceMesh(FACE_MESH).find(_PICTURE)
    if not FACE_MESH.are_whole():
        names = " and ".join(Path(member.path).name for member in MEMBERS)
        raise InputError(f"{path.parent}: {names} are other files than those that are fetched")
    return Result("MediaPipe's networks, run on a picture", list(FACE_MESH))
