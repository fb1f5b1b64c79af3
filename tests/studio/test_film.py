"""Films: frames as an MP4 that every player shows and a GIF that goes round, and always as the same bytes."""

import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import count_frames_and_secs, get_ffmpeg_exe
from PIL import Image, ImageSequence

from engine.errors import GeniusLociError
from engine.studio.film import GIF_WIDTH_PX, Film, gif

Y, X = np.mgrid[:48, :64]
FRAMES = [
    Image.fromarray(np.stack([80 + X, 180 - 2 * Y, 90 + 10 * number + 0 * X], axis=-1).astype(np.uint8))
    for number in range(7)
]


def film(frames: list[Image.Image], fps: int = 12, comment: str | None = None) -> bytes:
    with Film(frames[0].size, fps, comment) as made:
        for frame in frames:
            made.add(frame)
        return made.mp4()


def read(mp4: bytes, tmp_path: Path, size: tuple[int, int] = (64, 48)) -> tuple[str, np.ndarray]:
    """What ffmpeg says of a film, and its frames as (N, H, W, 3)."""
    path = tmp_path / "read.mp4"
    path.write_bytes(mp4)
    line = [get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(line, capture_output=True, check=True)
    said = next(each for each in done.stderr.decode().splitlines() if "Video: h264" in each)
    return said, np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0], 3)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_film_has_its_frames_its_length_and_its_colours(tmp_path: Path) -> None:
    said, frames = read(film(FRAMES, fps=5), tmp_path)
    assert count_frames_and_secs(str(tmp_path / "read.mp4")) == (7, 1.4)
    assert "yuv420p(tv, bt709" in said
    assert ", 64x48" in said
    assert ", 5 fps" in said
    assert np.abs(frames - np.array(FRAMES, float)).mean() < 4


def test_the_same_frames_are_the_same_bytes_and_others_are_others() -> None:
    first = film(FRAMES, comment="a")
    assert film(FRAMES, comment="a") == first
    assert gif(first, 12) == gif(first, 12)
    assert film(FRAMES[::-1], comment="a") != first


def test_a_comment_is_kept_whatever_its_letters_are() -> None:
    comment = '{"prompt": "skymning över ån; = \\\\ #\\u0000 ☂"}'
    assert comment.encode() in film(FRAMES[:2], comment=comment)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    said, _ = read(film([frame.resize((35, 33)) for frame in FRAMES]), tmp_path, (34, 32))
    assert ", 34x32" in said


@pytest.mark.parametrize(("fps", "frames", "length_ms"), [(5, 7, 1_400), (12, 7, 580), (60, 6, 120)])
def test_a_gif_goes_round_for_ever_in_its_own_time(fps: int, frames: int, length_ms: int) -> None:
    with Image.open(io.BytesIO(gif(film(FRAMES, fps), fps))) as image:
        assert (image.size, image.info["loop"]) == ((64, 48), 0)
        shown_ms = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
        assert len(shown_ms) == frames
        assert sum(shown_ms) == pytest.approx(length_ms, abs=20)
        image.seek(0)
        assert np.abs(np.asarray(image.convert("RGB"), float) - np.asarray(FRAMES[0], float)).mean() < 6


def test_a_wide_gif_is_made_smaller() -> None:
    wide = [frame.resize((400, 200)) for frame in FRAMES[:2]]
    with Image.open(io.BytesIO(gif(film(wide), 12))) as image:
        assert image.size == (GIF_WIDTH_PX, GIF_WIDTH_PX // 2)


def test_nothing_is_left_of_a_film_that_was_given_up(scratch: Path) -> None:
    with pytest.raises(KeyError), Film((64, 48), 12) as made:
        made.add(FRAMES[0])
        assert list(scratch.iterdir())
        raise KeyError
    assert list(scratch.iterdir()) == []
    film(FRAMES)
    assert list(scratch.iterdir()) == []


def test_what_ffmpeg_cannot_do_is_said_in_one_sentence(scratch: Path) -> None:
    with (
        pytest.raises(GeniusLociError, match="ffmpeg could not write the film: "),
        Film((64, 48), 0) as made,
    ):
        made.mp4()
    with pytest.raises(GeniusLociError, match="ffmpeg could not write the film: "):
        gif(b"no film", 12)
    assert list(scratch.iterdir()) == []
