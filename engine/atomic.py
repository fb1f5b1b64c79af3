"""Files and folders that appear whole or not at all."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import DiskFull

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def writing_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an error.

    Raises DiskFull when the disk has no room; the temporary file is removed on any error.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with _nothing_half_written(path, temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)


@contextmanager
def writing_folder(folder: Path) -> Iterator[Path]:
    """An empty temporary folder beside `folder` that takes its place when the block ends without an error.

    An older `folder` is replaced; it is removed only after the new one stands in its place. Raises DiskFull.
    """
    folder = Path(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    with _nothing_half_written(folder, temporary):
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        replace_folder(temporary, folder)


def replace_folder(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder`, which may exist."""
    if not folder.exists():
        new.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


@contextmanager
def _nothing_half_written(target: Path, temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)
        if _errno(error) in _NO_ROOM:
            raise DiskFull(
                f"the disk is full, so {target} was not written; free some space and try again"
            ) from error
        raise


def _errno(error: BaseException) -> int | None:
    """The system's number of an error; safetensors, written in Rust, has it only in its message."""
    if isinstance(error, OSError):
        return error.errno
    match = re.search(r"\(os error (\d+)\)", str(error))
    return int(match[1]) if match else None
