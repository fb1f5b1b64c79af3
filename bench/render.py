"""How fast the built-in city is photographed.

    python -m bench.render [--count 20] [--device cpu] [--sheet FILE.png]

Prints the time to build the city, then seconds a photo with two-times supersampling, shadows, textures and street
life: at 256 px (target: within 1 s on one core) and at 128 px (within 0.25 s). Processor time stands beside the clock,
for on a busy machine only the former is the ray caster's. The photos are tourists' own, from all over the city, at
all hours; `--sheet` keeps them to be looked at. On a CUDA device it adds photos a second (target: 200 at 256 px).
"""

import statistics
import time
from pathlib import Path

import numpy as np
import torch
import tyro
from PIL import Image

from engine.world.scene import build_scene, render_shot
from engine.world.tourist import tourist


def main(count: int = 20, device: str = "cpu", sheet: Path | None = None, seed: int = 1) -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    started, used = time.perf_counter(), time.process_time()
    stage = build_scene()
    print(
        f"city built in {time.perf_counter() - started:.1f} s ({time.process_time() - used:.1f} s of processor)"
    )
    shots = [tourist(index, seed) for index in range(count)]
    for size_px, target_s in ((256, 1.0), (128, 0.25)):
        render_shot(stage, shots[0], size_px, device=device)
        clock, processor, pictures = [], [], []
        for shot in shots:
            started, used = time.perf_counter(), time.process_time()
            pictures.append(render_shot(stage, shot, size_px, device=device))
            clock.append(time.perf_counter() - started)
            processor.append(time.process_time() - used)
        print(
            f"{size_px} px on {device}: mean {statistics.mean(clock):.2f} s (slowest {max(clock):.2f} s; processor "
            f"{statistics.mean(processor):.2f} s, slowest {max(processor):.2f} s; target {target_s:g} s)"
        )
        if device != "cpu":
            print(f"{size_px} px on {device}: {1 / statistics.mean(clock):.0f} photos/s")
        if sheet is not None and size_px == 256:
            _save(pictures, sheet)


def _save(pictures: list[np.ndarray], path: Path, columns: int = 8) -> None:
    """The pictures side by side."""
    blank = np.zeros_like(pictures[0])
    padded = pictures + [blank] * (-len(pictures) % columns)
    rows = [
        np.concatenate(padded[start : start + columns], axis=1) for start in range(0, len(padded), columns)
    ]
    Image.fromarray(np.concatenate(rows)).save(path)


if __name__ == "__main__":
    tyro.cli(main)
