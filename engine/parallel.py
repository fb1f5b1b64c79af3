"""Parallel: one function over many items on all cores, with the results in order and the memory flat."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from engine.errors import GeniusLociError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 32
"""Items that travel to a worker together, when each is a few milliseconds of work."""


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int | None = None, chunk: int = _CHUNK
) -> Generator[Result, None, None]:
    """`function(item)` for every item, in the order of the items; an exception of the function ends it.

    Worker processes are spawned, so `function` must be picklable; few items, or `workers=1`, stay in this process.
    `chunk` items travel to a worker together. Only a few chunks for each worker are under way at any time, however many
    items there are. Closing the generator waits for those and ends the workers.
    """
    count = min(workers or available_cores(), -(-len(items) // (2 * chunk)))
    if count <= 1:
        yield from map(function, items)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_leave_with_parent)
    pending: deque[Future[list[Result]]] = deque()
    try:
        for start in range(0, len(items), chunk):
            if len(pending) >= 3 * count:
                yield from pending.popleft().result()
            pending.append(pool.submit(_each, function, items[start : start + chunk]))
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise GeniusLociError(
            "a worker process died while it worked on photos; give workers=1, which needs less memory, or put the call "
            'below `if __name__ == "__main__":` when it stands in a script'
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _each(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


def _leave_with_parent() -> None:
    """Nothing; the worker will end when its parent is killed, which no pool sees to by itself.

    Ctrl+C in a terminal reaches every process; a worker that died of it in the middle of the queue's lock would leave
    the others, and the parent's exit, waiting for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
