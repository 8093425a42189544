"""What a job computes on: what ``inpaint.gpu`` claims, and a place on a card that no other job sits on."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.errors import InputError, shown

if TYPE_CHECKING:
    import torch

# The key's values: auto, 0 (the processor), 1 (a GPU), or a share of a GPU.
Claim = float | str

_VARIABLE = "CUDA_VISIBLE_DEVICES"
# A card is shared in hundredths.
_WHOLE = 100
# Seconds between two looks for a free place.
_INTERVAL = 1.0


def read_claim(text: str) -> Claim:
    """The claim that an option or a key has as text.

    Raises:
        InputError: it is none.
    """
    try:
        return check_claim(text if text == "auto" else float(text))
    except ValueError:
        return check_claim(text)


def check_claim(claim: Claim) -> Claim:
    """The claim itself.

    Raises:
        InputError: it is neither ``auto`` nor 0 nor a share from 0.01 to 1.
    """
    share = isinstance(claim, (int, float)) and (claim == 0 or 1 / _WHOLE <= claim <= 1)
    if claim != "auto" and not share:
        raise InputError(
            f"inpaint.gpu: {shown(claim)} is neither auto nor 0 (the CPU), 1 (a GPU) or a share of one, 0.01 or more"
        )
    return claim


def hundredths(claim: Claim) -> int:
    """Hundredths of a card that a job claims before it starts; ``auto`` takes what is there and claims none."""
    return 0 if isinstance(claim, str) else round(_WHOLE * claim)


@functools.cache
def claimed_device(claim: Claim) -> torch.device:
    """Where a job computes; on a GPU, the job's place on it is held until the process ends.

    Where the scheduler has named one card in ``CUDA_VISIBLE_DEVICES``, it is that. Where it has named several, or none
    is named, the job waits for a place on one of them, and names that card itself; ``auto`` needs a hundredth of one.

    To be called before anything else looks for a GPU, since CUDA reads the variable once.

    Args:
        claim: of ``inpaint.gpu``.

    Raises:
        InputError: a GPU is claimed and torch sees none.
    """
    import torch

    if claim == 0:
        return torch.device("cpu")
    named = os.environ.get(_VARIABLE)
    if named is None:
        # The driver's library is asked, and CUDA stays as it is.
        cards = [str(index) for index in range(torch.cuda.device_count())]
    else:
        cards = [card.strip() for card in named.split(",") if card.strip()]
    if cards and (named is None or len(cards) > 1):
        os.environ[_VARIABLE] = take_place(max(1, hundredths(claim)), cards)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if claim == "auto":
        return torch.device("cpu")
    raise InputError(
        f"inpaint.gpu: {claim:g} claims a GPU, but torch sees none; look whether the driver is there and torch "
        f"{torch.__version__} is a build for GPUs, or set inpaint.gpu: 0 to do without"
    )


def take_place(
    share: int,
    cards: Sequence[str],
    folder: Path | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> str:
    """Wait for room on a card, and hold it until the process ends, however it ends.

    Each card has a file, of whose first hundred bytes a job locks as many as it claims hundredths. So jobs with
    different shares, and jobs that use a whole card, go together. The cards fill evenly.

    Args:
        share: hundredths of a card, 1 to 100.
        cards: names of the cards.
        folder: of the files; None: one a user, among the machine's temporary files.
        wait: what is done for some seconds while all is taken.

    Returns:
        the card's name.

    Raises:
        InputError: the files cannot be made.
    """
    folder = folder or Path(tempfile.gettempdir(), f"scoreface-gpu-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # They stay open: closing one would release what this process holds of it.
        files = [
            os.open(folder / re.sub(r"\W", "_", card), os.O_RDWR | os.O_CREAT, 0o600)
            for card in cards
        ]
    except OSError as error:
        raise InputError(
            f"inpaint.gpu: {folder}: no place on a GPU can be taken there ({error.strerror}); remove it, or name the "
            f"card by {_VARIABLE}"
        ) from error
    waiting = False
    while True:
        for start in range(0, _WHOLE - share + 1, share):
            for card, file in zip(cards, files, strict=True):
                if _locked(file, start, share):
                    return card
        if not waiting:
            print(f"waiting for {share} % of one of the GPUs {', '.join(cards)}", flush=True)
            waiting = True
        wait(_INTERVAL)


def _locked(file: int, start: int, length: int) -> bool:
    """Lock bytes of a file unless another process holds one of them."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    except (BlockingIOError, PermissionError):  # by POSIX either may say so
        return False
    return True
