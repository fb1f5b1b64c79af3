"""Ahead: what the next steps will need is made by threads while this one is still being computed."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Made = TypeVar("Made")

_THREADS = 6
_STEPS = 12


class Ahead(Generic[Made]):
    """Makes `make(0)`, `make(1)` and so on, a few of them before they are asked for; `make` must be a pure function.

    It pays where a GPU computes and the processor would idle.
    """

    def __init__(self, make: Callable[[int], Made]) -> None:
        self._make = make
        self._pool = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), thread_name_prefix="ahead")
        self._pending: dict[int, Future[Made]] = {}

    def __call__(self, number: int) -> Made:
        """What `make(number)` gives, and passes on what it raises."""
        for each in range(number, number + _STEPS):
            if each not in self._pending:
                self._pending[each] = self._pool.submit(self._make, each)
        made = self._pending.pop(number)
        for each in [each for each in self._pending if each < number]:
            self._pending.pop(each).cancel()
        return made.result()

    def close(self) -> None:
        """End the threads; what they were making is lost."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pending.clear()
