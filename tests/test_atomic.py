"""Files and folders appear whole or not at all."""

import errno
from pathlib import Path

import pytest

from engine.atomic import writing_file, writing_folder
from engine.errors import DiskFull


def test_a_file_appears_at_the_end_and_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    for text in ("old", "new"):
        with writing_file(target) as temporary:
            temporary.write_text(text)
            assert not target.exists() or target.read_text() == "old"
        assert target.read_text() == text
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_appears_at_the_end_and_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for name in ("old", "new"):
        with writing_folder(target) as temporary:
            (temporary / name).write_text(name)
        assert [path.name for path in target.iterdir()] == [name]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("writing", [writing_file, writing_folder])
def test_nothing_half_written_is_left_and_the_old_stays(writing, tmp_path: Path) -> None:
    target = tmp_path / "out"
    with writing(target) as temporary:
        (temporary / "x" if temporary.is_dir() else temporary).write_text("old")
    with pytest.raises(KeyError), writing(target) as temporary:
        (temporary / "x" if temporary.is_dir() else temporary).write_text("half")
        raise KeyError
    assert (target / "x" if target.is_dir() else target).read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("writing", [writing_file, writing_folder])
def test_a_full_disk_is_one_sentence(writing, tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"out was not written; free some space"), writing(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []
