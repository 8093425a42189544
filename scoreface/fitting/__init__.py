"""From a photo to FLAME parameters.

Runs in an environment of its own (Python 3.7 with TensorFlow 1.15, ``envs/tf_flame.yaml``), so it stands on ``base``
alone.
"""
