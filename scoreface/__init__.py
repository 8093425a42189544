"""ScoreFace: complete face textures from single photos.

Nothing is imported here: the fit runs in an environment of its own (Python 3.7, TensorFlow 1.15)
where the rest of the package cannot be imported.
"""

__version__ = "0.1.0"
