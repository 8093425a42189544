"""The two errors that the fit expects to meet."""


class PhotoError(Exception):
    """A photo that cannot be used. The message is one sentence that names the file."""


class AssetError(Exception):
    """A missing or corrupted asset: FLAME model, landmark embedding or landmark predictor.

    The message is one sentence that names the file.
    """
