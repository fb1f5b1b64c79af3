"""What the terminal shows meanwhile: one progress line of ours, and no bars of the libraries."""

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.studio.jobs import Progress

PLAIN_EVERY_S = 10.0
"""Where stderr is a file, a line of its own at most every so many seconds."""


@contextmanager
def progress_line() -> Iterator[Callable[[Progress], None]]:
    """A callback that shows progress on stderr until the block ends; stdout stays free for the result."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(console.print)
        return
    from rich import progress as rich

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TextColumn("{task.fields[figures]}"),
    )
    with rich.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None, figures="")

        def show(now: Progress) -> None:
            figures = ", ".join(_figures(now))
            bar.update(
                task, description=now.message, completed=now.done, total=now.total or None, figures=figures
            )

        yield show


def quiet_libraries() -> None:
    """Switch off the bars of diffusers and transformers, and what they warn of for nothing; the rest is heard."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for library in (diffusers_logging, transformers_logging):
        library.disable_progress_bar()
    logging.getLogger("diffusers.models.modeling_utils").addFilter(_warns_of_something)
    # Said of every download: diffusers names an option that huggingface_hub no longer has.
    warnings.filterwarnings("ignore", "The `local_dir_use_symlinks` argument is deprecated", UserWarning)


def _warns_of_something(record: logging.LogRecord) -> bool:
    """Whether a cast to another precision hits modules that must stay in float32; diffusers warns of none as well."""
    return "kept in float32: []" not in record.getMessage()


def _plain(write: Callable[[str], object]) -> Callable[[Progress], None]:
    shown_at = time.monotonic()

    def show(now: Progress) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at >= PLAIN_EVERY_S:
            shown_at = time.monotonic()
            write(", ".join([now.message, *_figures(now)]))

    return show


def _figures(now: Progress) -> Iterator[str]:
    """The figures of an event as people read them: loss 0.1234, 12.3 steps/s, 40 s left."""
    if "loss" in now.metrics:
        yield f"loss {now.metrics['loss']:.4f}"
    if "steps_per_s" in now.metrics:
        yield f"{now.metrics['steps_per_s']:.1f} steps/s"
    if now.eta_s is not None:
        minutes, seconds = divmod(round(now.eta_s), 60)
        yield f"{minutes} min {seconds} s left" if minutes else f"{seconds} s left"
