"""The script that shows a head in 3D: three.js as trimesh ships it, and the page's own viewer behind it."""

from __future__ import annotations

import io
import re
import zipfile
from importlib.resources import files
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import write_text

# In trimesh's package: a page whose first script begins with the library, which is its licence and one long line.
_TEMPLATE = "templates/viewer.zip"
_LIBRARY = re.compile(r"/\*\*\n \* @license\n[^/]*?Three\.js Authors\n[^/]*\*/\n!function[^\n]*")


def write_viewer(path: Path) -> None:
    """Write the viewer's script, which a page opened from disk can load.

    Raises:
        InputError: this release of trimesh does not bring three.js where others do.
    """
    own = (files(__package__) / "viewer.js").read_text(encoding="utf-8")
    write_text(path, f"{three()}\n{own}")


def three() -> str:
    """three.js with its licence, MIT, at the head; it defines the global ``THREE``.

    Raises:
        InputError: this release of trimesh does not bring it where others do.
    """
    import trimesh
    from trimesh.resources import get_bytes

    try:
        with zipfile.ZipFile(io.BytesIO(get_bytes(_TEMPLATE))) as archive:
            page = archive.read(archive.namelist()[0]).decode()
    except (LookupError, OSError, ValueError, zipfile.BadZipFile):
        page = ""
    found = _LIBRARY.search(page)
    if found is None or ".WebGLRenderer=" not in found[0]:
        raise InputError(
            f"trimesh {trimesh.__version__}: no three.js in its {_TEMPLATE}, which the page shows heads with; "
            "install the release that constraints.txt has"
        )
    return found[0]
