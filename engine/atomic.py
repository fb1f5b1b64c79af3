"""Files and folders that appear whole or not at all; a full disk and a forbidden place are named as such."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import BadRequest, DiskFull, OutputExists

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
}


def write_bytes(path: Path, data: bytes) -> None:
    """Nothing; `path` holds `data` afterwards, or on any error what it held before.

    Raises DiskFull where there is no room, BadRequest where the place cannot be written to.
    """
    with writing_file(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def writing_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an error.

    The temporary file is removed on any error. Raises DiskFull and BadRequest as `write_bytes` does.
    """
    temporary = path.with_name(f".{path.name[:80]}.{os.getpid()}.partial")
    with _nothing_half_written(path, temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)


@contextmanager
def writing_folder(folder: Path, *, replace: bool = True) -> Iterator[Path]:
    """An empty temporary folder beside `folder` that takes its place when the block ends without an error.

    What a killed run left of it is removed first. An older `folder` is removed only after the new one stands in its
    place; without `replace` it raises OutputExists. Raises DiskFull and BadRequest as `write_bytes` does.
    """
    temporary = folder.with_name(f".{folder.name[:80]}.partial")
    if not replace:
        _refuse_existing(folder)
    with _nothing_half_written(folder, temporary):
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        if not replace:
            _refuse_existing(folder)  # made by another run in the meantime
        _move(temporary, folder)


def _refuse_existing(folder: Path) -> None:
    if folder.exists():
        raise OutputExists(f"{folder} exists already; choose another name or remove it first")


def _move(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder`, which may exist."""
    if not folder.exists():
        new.rename(folder)
        return
    old = folder.with_name(f".{folder.name[:80]}.{os.getpid()}.old")
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
        elif temporary.exists():
            temporary.unlink()
        number = _errno(error)
        if number in _NO_ROOM or isinstance(error, DiskFull):
            message = f"the disk is full, so {target} was not written; free some space and try again"
            raise DiskFull(message) from error
        if number in _FORBIDDEN:
            raise BadRequest(
                f"{target} cannot be written ({os.strerror(number)}); choose another place"
            ) from error
        raise


def _errno(error: BaseException) -> int | None:
    """The system's number of an error; safetensors, written in Rust, has it only in its message."""
    if isinstance(error, OSError):
        return error.errno
    match = re.search(r"\(os error (\d+)\)", str(error))
    return int(match[1]) if match else None
