"""Jobs: work that runs one after the other on one thread, tells how far it is, and can be stopped."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import Cancelled

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.studio.gallery import Artefact
    from engine.studio.requests import Request

State = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    done: int = 0
    """Steps done."""
    total: int = 0
    """Steps in all; 0 while that is not known."""
    message: str = ""
    """What is being done, in a few words."""
    eta_s: float | None = None
    """Seconds until the end, where they can be told."""
    preview: "Image | None" = None
    """The latest look at the result; it stays in later events until a newer one replaces it."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Figures of the work, by name, such as the loss."""


class CancelToken:
    """A wish to stop that any thread may set and the work reads at every step."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; asking twice is the same as asking once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled where somebody has asked."""
        if self.cancelled:
            raise Cancelled("the job was stopped before its end")


Run = Callable[["Request", Callable[[Progress], None], CancelToken], "Artefact"]


class Job:
    """One request on its way: its events, its end, and the way to stop it. Safe from any thread."""

    def __init__(self, request: "Request", token: CancelToken | None = None, run: Run | None = None) -> None:
        self.request = request
        self._run = run  # work of its own
        self._token = token or CancelToken()
        self._changed = threading.Condition()
        self._state: State = "queued"
        self._latest = Progress(message="waiting")
        self._count = 1  # events so far; each reader remembers how many it has seen
        self._artefact: Artefact | None = None
        self._error: BaseException | None = None

    @property
    def state(self) -> State:
        """Where the job stands."""
        return self._state

    def cancel(self) -> None:
        """Stop the job: one that waits never starts, one that runs ends within a step."""
        self._token.cancel()
        with self._changed:
            if self._state == "queued":
                self._end("cancelled", error=Cancelled("the job was stopped before it began"))

    def events(self) -> Iterator[Progress]:
        """The job's progress until it ends, from now on; always the newest event, and always the last.

        A slow reader skips what it has no time for, so it never lags behind. Any number may read.
        """
        seen = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda seen=seen: self._count > seen or self._ended)
                fresh, seen, latest, ended = self._count > seen, self._count, self._latest, self._ended
            if fresh:
                yield latest
            elif ended:
                return

    def result(self, timeout: float | None = None) -> "Artefact":
        """What the job made, once it has ended; raises what the job raised, Cancelled among others.

        TimeoutError after `timeout` seconds without an end.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._ended, timeout):
                raise TimeoutError(f"the job has not ended within {timeout} seconds")
        if self._error is not None:
            raise self._error
        assert self._artefact is not None
        return self._artefact

    def report(self, progress: Progress) -> None:
        """Make `progress` the newest event; for the one who does the work."""
        with self._changed:
            if self._ended:
                return
            if progress.preview is None:
                progress = replace(progress, preview=self._latest.preview)
            self._latest = progress
            self._count += 1
            self._changed.notify_all()

    def work(self, run: Run) -> None:
        """Do the job here and now, with `run` where it has no work of its own, unless it was stopped before.

        Whatever happens is kept.
        """
        with self._changed:
            if self._state != "queued":
                return
            self._state = "running"
        try:
            artefact = (self._run or run)(self.request, self.report, self._token)
        except Cancelled as error:
            self._end("cancelled", error=error)
        except BaseException as error:
            self._end("failed", error=error)
        else:
            self._end("done", artefact=artefact)

    @property
    def _ended(self) -> bool:
        return self._state in ("done", "failed", "cancelled")

    def _end(
        self, state: State, artefact: "Artefact | None" = None, error: BaseException | None = None
    ) -> None:
        with self._changed:
            self._state, self._artefact, self._error = state, artefact, error
            self._changed.notify_all()


class JobQueue:
    """Requests in line for one worker thread: the GPU does one thing at a time.

    The thread begins with the first job. Leave the `with` block, or call `close`, to end it.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, request: "Request", run: Run | None = None) -> Job:
        """The job of `request`, at the end of the line; `run` is done instead of the queue's own work.

        RuntimeError after `close`.
        """
        job = Job(request, run=run)
        with self._changed:
            if self._closed:
                raise RuntimeError("the queue is closed")
            self._waiting.append(job)
            self._tell_places()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="studio-jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return job

    def close(self, timeout: float | None = 30.0) -> None:
        """Stop every job and wait for the thread to end, at most `timeout` seconds."""
        with self._changed:
            self._closed = True
            stopped = [*self._waiting, *([self._running] if self._running else [])]
            self._waiting.clear()
            self._changed.notify_all()
        for job in stopped:
            job.cancel()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def __enter__(self) -> "JobQueue":
        return self

    def __exit__(self, *details: Any) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                self._running = self._waiting.popleft()
                self._tell_places()
            self._running.work(self._run)
            with self._changed:
                self._running = None

    def _tell_places(self) -> None:
        """Tell every waiting job how many are before it; those stopped in the line leave it."""
        self._waiting = deque(job for job in self._waiting if job.state == "queued")
        for before, job in enumerate(self._waiting, start=1 if self._running else 0):
            message = "waiting" if before == 0 else f"waiting for {before} before it"
            job.report(Progress(message=message))
