"""Numbers of names."""

import hashlib

from scoreface.base.seeds import number_of


def test_a_name_is_the_first_eight_bytes_of_its_hash():
    assert number_of("00042").to_bytes(8, "big") == hashlib.sha256(b"00042").digest()[:8]
    assert number_of("00042") != number_of("42")
