"""What random numbers of a face start from, beside the seed of the run."""

import hashlib


def number_of(name: str) -> int:
    """A name, such as a face's id, as a number of 64 bits for a seed: the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
