"""Squares: photos as the UNet's pictures, upright, resized by the short side and cropped at the centre.

Never mirrored, because a mirrored photo shows another direction, and never cropped at random, because the latents are
computed once.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image, ImageOps
from torch import Tensor

from engine.photos.exif import open_upright


def read_square(path: Path, resolution_px: int) -> Float[Tensor, "3 H W"]:
    """One photo in [-1, 1]. Raises BadFile."""
    image = open_upright(path)
    square = ImageOps.fit(image, (resolution_px, resolution_px), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(square)).movedim(-1, 0).float() / 127.5 - 1


def read_batches(
    paths: Sequence[Path], resolution_px: int, batch_size: int
) -> Iterator[Float[Tensor, "B 3 H W"]]:
    """All photos in order, in batches; while one is worked on, the next are being read by threads."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        batches = [paths[start : start + batch_size] for start in range(0, len(paths), batch_size)]
        waiting = [pool.submit(read_square, path, resolution_px) for path in (batches or [[]])[0]]
        for following in [*batches[1:], []]:
            reading, waiting = waiting, [pool.submit(read_square, path, resolution_px) for path in following]
            if reading:
                yield torch.stack([each.result() for each in reading])
