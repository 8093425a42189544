"""ScoreFace: complete face textures from single photos.

``scoreface.complete`` makes a head of a photo, ``scoreface.Head.load`` reads one that the workflow has made, and
``scoreface.View`` is from where it is looked at.

Nothing is imported before it is asked for: the fit runs in an environment of its own (Python 3.7, TensorFlow 1.15)
where the rest of the package cannot be imported.
"""

__version__ = "0.1.0"

# As typing has it; importing that takes time that a bare start has better uses for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from scoreface.api.complete import complete as complete
    from scoreface.api.head import Head as Head
    from scoreface.geometry.views import View as View

_PUBLIC = {
    "complete": "scoreface.api.complete",
    "Head": "scoreface.api.head",
    "View": "scoreface.geometry.views",
}


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    import importlib

    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> "list[str]":
    return sorted([*globals(), *_PUBLIC])
