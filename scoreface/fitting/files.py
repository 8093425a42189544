"""Files that are either whole or absent."""

import contextlib
import hashlib
import os
from typing import Iterator


@contextlib.contextmanager
def write_atomically(path: str) -> Iterator[str]:
    """Yield the path of a temporary file beside ``path``; rename it to ``path`` on success.

    The temporary name keeps the extension of ``path``, from which some writers choose the format.
    When the block raises, the temporary file is removed and ``path`` stays as it was.

    Raises:
        OSError: the file cannot be written; its ``filename`` is ``path``.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, ".{}.{}".format(os.getpid(), name))
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        # A full disk is reported by the write, which knows no names.
        raise OSError(error.errno, error.strerror or str(error), path) from error
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def sha256_of(path: str) -> str:
    """Return the SHA-256 checksum of a file's bytes as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
