"""Jobs: order, progress, cancelling, errors, and the end of the thread."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import BadRequest, Cancelled
from engine.studio.gallery import Artefact
from engine.studio.jobs import CancelToken, Job, JobQueue, Progress
from engine.studio.requests import ImageRequest

REQUEST = ImageRequest(model="tiny", place=None)
DONE = Artefact(Path("done.png"), REQUEST, "0" * 16, datetime(2025, 1, 1, tzinfo=UTC))


def counting(steps: int) -> Any:
    def run(request: Any, on_progress: Any, cancel: CancelToken) -> Artefact:
        for step in range(1, steps + 1):
            cancel.check()
            on_progress(Progress(step, steps))
        return DONE

    return run


class Gate:
    """Work that waits at its first step until it is let go, and counts how often it began."""

    def __init__(self) -> None:
        self.began, self.go, self.runs = threading.Event(), threading.Event(), 0

    def __call__(self, request: Any, on_progress: Any, cancel: CancelToken) -> Artefact:
        self.runs += 1
        self.began.set()
        while not self.go.wait(0.002):
            cancel.check()
        return DONE


def test_a_job_tells_its_progress_and_ends_with_the_last_event() -> None:
    with JobQueue(counting(500)) as queue:
        job = queue.submit(REQUEST)
        events = list(job.events())
        assert job.result() is DONE
    done = [event.done for event in events]
    assert done == sorted(done)
    assert done[-1] == 500
    assert job.state == "done"


def test_every_reader_gets_the_last_event_even_after_the_end() -> None:
    with JobQueue(counting(3)) as queue:
        job = queue.submit(REQUEST)
        job.result(5)
        assert [event.done for event in job.events()] == [3]
        assert [event.done for event in job.events()] == [3]


def test_a_slow_reader_skips_to_the_newest_event() -> None:
    job = Job(REQUEST)
    events = job.events()
    assert next(events).message == "waiting"
    for step in range(100):
        job.report(Progress(step, 100))
    assert next(events).done == 99


def test_a_preview_stays_until_a_newer_one_replaces_it() -> None:
    job = Job(REQUEST)
    first, second = Image.new("RGB", (1, 1)), Image.new("RGB", (1, 1))
    seen = []
    for preview in (None, first, None, second, None):
        job.report(Progress(preview=preview))
        seen.append(next(job.events()).preview)
    assert seen[0] is None
    assert [image is first for image in seen[1:3]] == [True, True]
    assert [image is second for image in seen[3:]] == [True, True]


def test_a_running_job_stops_at_its_next_step() -> None:
    gate = Gate()
    with JobQueue(gate) as queue:
        job = queue.submit(REQUEST)
        assert gate.began.wait(5)
        job.cancel()
        with pytest.raises(Cancelled):
            job.result(5)
        assert job.state == "cancelled"
        assert list(job.events())[-1].message == "waiting"


def test_a_job_that_is_stopped_in_the_line_never_begins() -> None:
    gate = Gate()
    with JobQueue(gate) as queue:
        first, second = queue.submit(REQUEST), queue.submit(REQUEST)
        assert gate.began.wait(5)
        second.cancel()
        with pytest.raises(Cancelled):
            second.result(5)
        gate.go.set()
        first.result(5)
        queue.submit(REQUEST).result(5)
        assert gate.runs == 2


def test_a_waiting_job_knows_how_many_are_before_it() -> None:
    gate = Gate()
    with JobQueue(gate) as queue:
        jobs = [queue.submit(REQUEST) for _ in range(3)]
        assert gate.began.wait(5)
        assert next(jobs[2].events()).message == "waiting for 2 before it"
        jobs[1].cancel()
        gate.go.set()
        jobs[2].result(5)


def test_an_error_arrives_at_the_result_and_the_queue_lives_on() -> None:
    def run(request: Any, on_progress: Any, cancel: CancelToken) -> Artefact:
        if request.seed == 1:
            raise BadRequest("seed 1 is not liked")
        return DONE

    with JobQueue(run) as queue:
        bad = queue.submit(ImageRequest(model="tiny", place=None, seed=1))
        good = queue.submit(REQUEST)
        with pytest.raises(BadRequest, match="not liked"):
            bad.result(5)
        assert bad.state == "failed"
        assert good.result(5) is DONE


def test_closing_stops_everything_and_ends_the_thread() -> None:
    gate = Gate()
    before = set(threading.enumerate())
    queue = JobQueue(gate)
    jobs = [queue.submit(REQUEST) for _ in range(3)]
    assert gate.began.wait(5)
    queue.close(5)
    assert set(threading.enumerate()) == before
    for job in jobs:
        with pytest.raises(Cancelled):
            job.result(0)
    with pytest.raises(RuntimeError, match="closed"):
        queue.submit(REQUEST)


def test_waiting_for_a_result_has_a_limit() -> None:
    with pytest.raises(TimeoutError):
        Job(REQUEST).result(0.01)


def test_a_queue_nobody_uses_has_no_thread() -> None:
    before = threading.active_count()
    JobQueue(counting(1)).close()
    assert threading.active_count() == before


def test_two_jobs_never_run_at_once() -> None:
    running, most = 0, 0

    def run(request: Any, on_progress: Any, cancel: CancelToken) -> Artefact:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.005)
        running -= 1
        return DONE

    with JobQueue(run) as queue:
        for job in [queue.submit(REQUEST) for _ in range(8)]:
            job.result(5)
    assert most == 1
