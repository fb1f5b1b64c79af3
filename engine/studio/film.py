"""Film: frames that become an MP4 and a GIF; the same frames are the same bytes."""

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from imageio_ffmpeg import get_ffmpeg_exe

from engine.errors import DiskFull, GeniusLociError

if TYPE_CHECKING:
    from PIL.Image import Image

GIF_WIDTH_PX: Final = 256
"""At most so wide is a GIF; its files grow fast."""
GIF_FPS: Final = 50
"""At most so fast; browsers show a GIF of shorter delays slowly."""
_QUIET: Final = ("-hide_banner", "-nostdin", "-v", "error", "-threads", "1", "-filter_threads", "1")
_EVEN: Final = "scale=trunc(iw/2)*2:trunc(ih/2)*2:out_color_matrix=bt709:flags=accurate_rnd+full_chroma_int"
_BT709: Final = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
# One thread, because x264 writes other bytes with another number of them.
_H264: Final = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-threads", "1")
_SAME_BYTES: Final = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1")


class Film:
    """A film that grows by a frame at a time, in a `with` block that ends its ffmpeg whatever happens.

    It lies in a file of its own until it is whole, because an MP4 is written back and forth.
    """

    def __init__(self, size: tuple[int, int], fps: int, comment: str | None = None) -> None:
        """`size` is width and height of the frames in pixels, an odd one of which loses a line; `comment` is kept in
        the MP4's metadata."""
        self._folder = tempfile.TemporaryDirectory(prefix="genius-loci-", ignore_cleanup_errors=True)
        self._path = Path(self._folder.name) / "film.mp4"
        width, height = size
        frames = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(fps), "-i", "-")
        told = ("-metadata", f"comment={comment}") if comment else ()
        written = ("-vf", _EVEN, *_H264, *_BT709, *_SAME_BYTES, *told, "-movflags", "+faststart")
        self._ffmpeg = subprocess.Popen(
            [get_ffmpeg_exe(), *_QUIET, *frames, *written, str(self._path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def add(self, frame: "Image") -> None:
        """Nothing; the film has one frame more. Raises DiskFull."""
        assert self._ffmpeg.stdin is not None
        try:
            self._ffmpeg.stdin.write(frame.convert("RGB").tobytes())
        except BrokenPipeError:
            self._end()

    def mp4(self) -> bytes:
        """The whole film, H.264 in yuv420p, which every player shows; no frame can follow. Raises DiskFull."""
        self._end()
        return self._path.read_bytes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: Any) -> None:
        if self._ffmpeg.poll() is None:
            self._ffmpeg.kill()
        self._ffmpeg.communicate()
        self._folder.cleanup()

    def _end(self) -> None:
        """Nothing, once ffmpeg has written all; the error that it had otherwise."""
        _, complaint = self._ffmpeg.communicate()
        _check(self._ffmpeg.returncode, complaint)


def gif(mp4: bytes, fps: int) -> bytes:
    """A film as a GIF that goes round for ever, at most GIF_WIDTH_PX wide, with the 256 colours that suit it best."""
    shown = f"fps={min(fps, GIF_FPS)},scale=min(iw\\,{GIF_WIDTH_PX}):-1:flags=lanczos"
    colours = "split[a][b];[a]palettegen[palette];[b][palette]paletteuse=dither=bayer:bayer_scale=4"
    written = ("-vf", f"{shown},{colours}", *_SAME_BYTES, "-loop", "0", "-f", "gif", "-")
    line = [get_ffmpeg_exe(), *_QUIET, "-i", "-", *written]
    done = subprocess.run(line, input=mp4, capture_output=True)
    _check(done.returncode, done.stderr)
    return done.stdout


def _check(code: int, complaint: bytes) -> None:
    """Nothing, when ffmpeg's exit code is 0; otherwise an error with the last line of its complaint."""
    if not code:
        return
    said = complaint.decode(errors="replace").strip()
    if "No space left" in said:
        raise DiskFull(
            f"the disk with {tempfile.gettempdir()} has no room for the film; free some and try again"
        )
    last = said.splitlines()[-1] if said else f"it ended with the code {code}"
    raise GeniusLociError(f"ffmpeg could not write the film: {last}")
