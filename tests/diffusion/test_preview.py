"""Previews: the fitted matrix gives back pictures that depend linearly on their latents."""

import torch

from engine.diffusion.preview import fit_latent_rgb, latents_to_rgb


def test_a_linear_relation_is_found_and_drawn() -> None:
    latents = torch.randn(8, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    matrix = torch.tensor([[0.1, 0.0, 0.05], [0.0, 0.1, 0.0], [-0.05, 0.0, 0.1], [0.0, 0.05, 0.0]])
    rgb = torch.einsum("bchw,cr->brhw", latents, matrix) + 0.5
    images = torch.nn.functional.interpolate(rgb * 2 - 1, scale_factor=4)
    fitted = fit_latent_rgb(latents, images)
    expected = (rgb.movedim(1, -1).clamp(0, 1) * 255).round()
    drawn = latents_to_rgb(latents, fitted)
    assert drawn.shape == (8, 8, 8, 3)
    assert (torch.from_numpy(drawn).float() - expected).abs().mean() < 1


def test_extreme_latents_are_clipped() -> None:
    drawn = latents_to_rgb(torch.full((1, 1, 2, 2), 1e6), ((1.0, -1.0, 0.0), (0.0, 0.0, 0.5)))
    assert drawn[0, 0, 0].tolist() == [255, 0, 128]
