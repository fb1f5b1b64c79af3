"""Pictures a second of our training loop and of diffusers' own text-to-image recipe, side by side.

    python -m bench.training [--rounds 40] [--batch-size 16] [--width-px 640 1024 2048]

The same tiny UNet, optimiser, average of weights, batch, and photos. The recipe is that of diffusers'
train_text_to_image.py with its defaults, written anew: each step decodes its JPEGs, crops them, and encodes pictures
and captions again. Ours encodes each of them once, which is not timed, and attends to two place tokens more. What the
recipe pays depends on the photos: 640 px and 1024 px wide are the medium and large size of photo services (target: at
least 1.5 times the recipe's pictures a second at 1024 px), a telephone's are 4032 px.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
import tyro
from accelerate import Accelerator
from diffusers.optimization import get_scheduler
from diffusers.training_utils import EMAModel
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.region import Box
from engine.training.config import TrainingConfig
from engine.training.dataset import prepare
from engine.training.learner import Learner

_PHOTOS = 64
_RESOLUTION_PX = 64
_TARGET_PX = 1024
_BOX = Box(south=55.69, west=13.18, north=55.71, east=13.21)


def main(rounds: int = 40, batch_size: int = 16, width_px: tuple[int, ...] = (640, 1024, 2048)) -> None:
    """Measure and print."""
    print(f"batch of {batch_size}, pictures of {_RESOLUTION_PX} px, {torch.get_num_threads()} threads")
    for width in width_px:
        with tempfile.TemporaryDirectory() as folder:
            photos = _photos(Path(folder), width)
            updates = [_ours(photos, Path(folder), batch_size), _recipe(photos, Path(folder), batch_size)]
            ours, theirs = (batch_size / seconds for seconds in _interleaved(updates, rounds))
        target = " (target 1.5)" if width == _TARGET_PX else ""
        print(
            f"JPEGs {width} px wide: ours {ours:.1f} pictures/s, diffusers' recipe {theirs:.1f} pictures/s, "
            f"ratio {ours / theirs:.2f}{target}"
        )


def _ours(photos: pa.Table, folder: Path, batch_size: int) -> Callable[[], object]:
    pipe = _pipeline()
    accelerator = Accelerator()
    config = TrainingConfig(
        resolution_px=_RESOLUTION_PX, total_batch_size=batch_size, train_batch_size=batch_size
    )
    dataset = prepare(pipe, photos, folder, folder / "cache", accelerator)
    learner = Learner(pipe, config, accelerator)
    return lambda: learner.update(dataset)


def _recipe(photos: pa.Table, folder: Path, batch_size: int) -> Callable[[], object]:
    """One step of diffusers' recipe: decode, crop, encode, add noise, predict, step."""
    pipe = _pipeline()
    accelerator = Accelerator()
    unet = pipe.unet.train()
    optimizer = torch.optim.AdamW(unet.parameters(), lr=1e-4, weight_decay=1e-2)
    rate = get_scheduler("constant", optimizer)
    paths = [folder / path for path in photos["path"].to_pylist()]
    examples = _Examples(paths, photos["caption"].to_pylist(), pipe)
    loader = DataLoader(examples, shuffle=True, batch_size=batch_size)
    ema = EMAModel(unet.parameters())
    unet, optimizer, loader, rate = accelerator.prepare(unet, optimizer, loader, rate)
    batches = _endless(loader)

    def step() -> float:
        pixels, input_ids = next(batches)
        with accelerator.accumulate(unet):
            with torch.no_grad():
                latents = pipe.vae.encode(pixels).latent_dist.sample() * pipe.vae.config.scaling_factor
                states = pipe.text_encoder(input_ids, return_dict=False)[0]
            noise = torch.randn_like(latents)
            timesteps = torch.randint(0, pipe.scheduler.config.num_train_timesteps, (len(latents),))
            noisy = pipe.scheduler.add_noise(latents, noise, timesteps)
            prediction = unet(noisy, timesteps, states, return_dict=False)[0]
            loss = torch.nn.functional.mse_loss(prediction.float(), noise.float(), reduction="mean")
            gathered = accelerator.gather(loss.repeat(batch_size)).mean().item()
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(unet.parameters(), 1.0)
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
        ema.step(unet.parameters())
        return gathered

    return step


class _Examples(Dataset):
    """Photos as the recipe reads them: resized by the short side, cropped at random, with their caption's tokens."""

    def __init__(self, paths: list[Path], captions: list[str], pipe: PlacePipeline) -> None:
        self._paths = paths
        self._tokens = pipe.tokenizer(
            captions, padding="max_length", truncation=True, return_tensors="pt"
        ).input_ids

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        image = Image.open(self._paths[index]).convert("RGB")
        scale = _RESOLUTION_PX / min(image.size)
        size = (
            max(_RESOLUTION_PX, round(image.width * scale)),
            max(_RESOLUTION_PX, round(image.height * scale)),
        )
        image = image.resize(size, Image.Resampling.BILINEAR)
        left, top = (int(torch.randint(0, side - _RESOLUTION_PX + 1, ())) for side in size)
        square = np.asarray(image)[top : top + _RESOLUTION_PX, left : left + _RESOLUTION_PX]
        return torch.from_numpy(square.copy()).movedim(-1, 0).float() / 127.5 - 1, self._tokens[index]


def _endless(loader: DataLoader) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    while True:
        yield from loader


def _pipeline() -> PlacePipeline:
    pipe = build_tiny(PlaceCard(name="bench", box=_BOX, resolution_px=_RESOLUTION_PX))
    for part in (pipe.vae, pipe.text_encoder):
        part.requires_grad_(False)
    return pipe


def _photos(folder: Path, width_px: int) -> pa.Table:
    """JPEGs with soft shapes and some grain, as a camera makes them, and their rows."""
    rng = np.random.default_rng(0)
    rows = []
    for index in range(_PHOTOS):
        coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8))
        shapes = np.asarray(
            coarse.resize((width_px, width_px * 3 // 4), Image.Resampling.BICUBIC), np.float32
        )
        grain = rng.normal(0, 6, shapes.shape)
        Image.fromarray(np.clip(shapes + grain, 0, 255).astype(np.uint8)).save(
            folder / f"{index}.jpg", quality=90
        )
        latitude, longitude = rng.uniform(_BOX.south, _BOX.north), rng.uniform(_BOX.west, _BOX.east)
        rows.append(
            {
                "path": f"{index}.jpg",
                "sha256": str(index),
                "caption": f"street {index}",
                "latitude": latitude,
                "longitude": longitude,
            }
        )
    return pa.Table.from_pylist(rows)


def _interleaved(updates: list[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each update, called in turn so that the machine's moods meet them alike, once both are warm."""
    seconds: list[list[float]] = [[] for _ in updates]
    for turn in range(rounds + 3):
        for update, record in zip(updates, seconds, strict=True):
            start = time.perf_counter()
            update()
            if turn >= 3:
                record.append(time.perf_counter() - start)
    return [statistics.median(record) for record in seconds]


if __name__ == "__main__":
    tyro.cli(main)
