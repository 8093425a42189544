"""From a photo to FLAME parameters: ``python -m scoreface.fitting``.

The stage is self-contained: it runs on Python 3.7 with TensorFlow 1.15 (``envs/tf_flame.yaml``) and
imports no other part of ScoreFace. Nothing is imported here, so that the command can set its
environment variables before TensorFlow and the numerical libraries start.
"""

#: Version of the stage, raised whenever its output changes.
VERSION = "1"
