"""What guidance and the pipeline cost beyond the UNet itself.

    python -m bench.diffusion [--rounds 40]

Prints, for a UNet of about 10 million parameters on 32 x 32 latents: the three guided branches in one batch against
the same UNet's plain batch of three (target: at most 1.05), and the pipeline's own work in a step (target: under 3 %).
"""

import statistics
import time
from collections.abc import Callable

import torch
import tyro
from diffusers import UNet2DConditionModel

from engine.diffusion.card import PlaceCard
from engine.diffusion.guidance import guided
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny


def main(rounds: int = 40) -> None:
    """Measure and print."""
    pipe = _pipeline()
    tokens = torch.randn(3, 79, 64)
    latents = torch.randn(1, 4, 32, 32)
    triple = latents.repeat(3, 1, 1, 1)
    timestep = torch.tensor(500)
    denoise = guided(pipe.predict, tokens, 3.5, 7.5)

    with torch.no_grad():
        plain, branches = _interleaved(
            [
                lambda: pipe.unet(triple, timestep, tokens, return_dict=False),
                lambda: denoise(latents, timestep),
            ],
            rounds,
        )
    print(f"plain batch of three {plain * 1e3:.1f} ms, three guided branches {branches * 1e3:.1f} ms")
    print(f"ratio {branches / plain:.3f} (target 1.05)")

    with torch.no_grad():
        overhead = _overhead_of_a_step(pipe, rounds)
    print(f"the pipeline's own work in a step {overhead * 1e3:.2f} ms, {overhead / plain:.1%} (target 3 %)")


def _pipeline() -> PlacePipeline:
    pipe = build_tiny(PlaceCard(name="bench", resolution_px=128))
    unet = UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(96, 192),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=2,
        attention_head_dim=8,
        cross_attention_dim=64,
    )
    pipe.register_modules(unet=unet)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _overhead_of_a_step(pipe: PlacePipeline, rounds: int) -> float:
    """Seconds a step takes around a UNet that costs nothing: guidance, scheduler, callback and loop."""
    answer = torch.randn(3, 4, 32, 32)
    pipe.predict = lambda latents, timestep, tokens: answer

    def sample(steps: int) -> float:
        start = time.perf_counter()
        pipe(
            "a street", num_inference_steps=steps, output_type="latent", callback_on_step_end=lambda *_: None
        )
        return time.perf_counter() - start

    sample(5)
    return statistics.median((sample(105) - sample(5)) / 100 for _ in range(max(5, rounds // 4)))


def _interleaved(functions: list[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each function, called in turn so that the machine's moods meet them alike."""
    seconds: list[list[float]] = [[] for _ in functions]
    for turn in range(rounds + 3):
        for function, record in zip(functions, seconds, strict=True):
            start = time.perf_counter()
            function()
            if turn >= 3:
                record.append(time.perf_counter() - start)
    return [statistics.median(record) for record in seconds]


if __name__ == "__main__":
    tyro.cli(main)
