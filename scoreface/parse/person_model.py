"""The person network's file: MediaPipe's selfie segmentation, see :mod:`scoreface.parse.wheel`."""

from __future__ import annotations

from pathlib import Path

from scoreface.parse.wheel import Member, fetch

SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
MEMBER = Member(
    "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
    SHA256,
    "the person network",
    "give its path as parse.person_model",
)


def fetch_person_model(path: Path) -> None:
    """Download the wheel and write the network in it to ``path``.

    Raises:
        InputError: the wheel cannot be had, or has another file in it.
    """
    fetch({path: MEMBER})
