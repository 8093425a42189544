"""ScoreFace: complete face textures from single photos.

``scoreface.complete`` makes a head of a photo, ``scoreface.Head.load`` reads one that the workflow has made, and
``scoreface.View`` is from where it is looked at.

Nothing is imported before it is asked for: the fit runs in an environment of its own (Python 3.7, TensorFlow 1.15)
where the rest of the package cannot be imported.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "complete": "scoreface.api.complete",
    "Head": "scoreface.api.head",
    "View": "scoreface.geometry.views",
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> Any:
    return sorted([*globals(), *_PUBLIC])
