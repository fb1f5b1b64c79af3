"""Developing: what the page shows of a job, from the first noise to the finished picture or the reason why not."""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace

from engine.errors import Cancelled, GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.jobs import Job, Progress
from engine.studio.picture import PREVIEWS_PER_S
from ui import text
from ui.figures import Board
from ui.notice import notice, sentence
from ui.picture import Frame, inline
from ui.session import Session

_BOARD_PX = 768
"""A figure of a board may be a strip of pictures."""


def looks(session: Session, ratio: float) -> Iterator[tuple[str, str]]:
    """The looks at the picture that the session waits for, and a line of words with each, until the job ends.

    A newer request of the session ends it too. Closing it, as Gradio does when the visitor leaves, stops the work.
    """
    job = session.job
    if job is None:
        return
    with closing(_glances(session, job)) as glances:
        for src, share, progress in glances:
            yield _look(src, ratio, share, progress)


def first_look(session: Session, ratio: float) -> tuple[str, str] | None:
    """The first look that has something to see; None where the job ends before or is no longer waited for."""
    job = session.job
    for progress in job.events() if job else ():
        if session.job is not job:
            break
        if progress.preview is not None:
            return _look(inline(progress.preview), ratio, progress.done / max(progress.total, 1), progress)
    return None


def _look(src: str, ratio: float, share: float, progress: Progress) -> tuple[str, str]:
    words = text.step(progress.done, progress.total, progress.eta_s, progress.message)
    return Frame(src, text.PICTURE, ratio, share).to_json(), notice(words)


def looks_on_board(
    session: Session, job: Job, board: Board, number: int, words: Callable[[Progress], str]
) -> Iterator[Board]:
    """The board after each look at one of its figures; it ends and is closed as `looks` is."""
    with closing(_glances(session, job, _BOARD_PX)) as glances:
        for src, share, progress in glances:
            before = board.figures[number]
            board.figures[number] = replace(
                before, src=src or before.src, words=words(progress), progress=share
            )
            yield board


def _glances(
    session: Session, job: Job, side_px: int = 256
) -> Generator[tuple[str, float, Progress], None, None]:
    """Address of the latest preview where it is new, share of the work that is done, and the event itself."""
    preview, shown_at = None, 0.0
    with closing(watched(job)) as events:
        for progress in events:
            if session.job is not job:
                return
            now = time.monotonic()
            if progress.preview in (None, preview) and now - shown_at < 1 / PREVIEWS_PER_S:
                continue
            shown_at = now
            src = inline(progress.preview, side_px) if progress.preview not in (None, preview) else ""
            preview = progress.preview
            yield src, progress.done / progress.total if progress.total else 0.0, progress


def watched(job: Job) -> Generator[Progress, None, None]:
    """The job's events; closing it before the end, as Gradio does when the visitor leaves, stops the work."""
    try:
        yield from job.events()
    except GeneratorExit:
        job.cancel()
        raise


def outcome(job: Job) -> Artefact | str:
    """What became of a job that has ended: its picture, or the notice that says why there is none."""
    try:
        return job.result()
    except Cancelled:
        return notice(text.STOPPED)
    except GeniusLociError as error:
        return notice(sentence(error), wrong=True)
    except Exception as error:
        logging.getLogger(__name__).exception("a picture could not be made")
        return notice(text.INSIDE.format(type(error).__name__), wrong=True)
