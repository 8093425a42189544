"""Work on many items, in this process or in several."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")


def each(work: Callable[[T], None], items: Sequence[T], jobs: int) -> Iterator[None]:
    """Do the work for each item, in this process or in ``jobs`` new ones, and yield after each."""
    if jobs < 2:
        for item in items:
            work(item)
            yield
        return
    # Threads of torch and OpenMP do not survive a fork.
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        for done in as_completed([pool.submit(work, item) for item in items]):
            done.result()
            yield
    finally:
        # After an error, what has not begun need not.
        pool.shutdown(cancel_futures=True)
