"""Guidance: the paper's formula, its limits, and that three branches are one batch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.guidance import combine_dual, guided

weights = st.floats(-20, 20)


@pytest.fixture
def branches() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return tuple(torch.randn(3, 2, 4, 8, 8, generator=torch.Generator().manual_seed(0)))


def test_unit_weights_give_the_full_branch(branches) -> None:
    torch.testing.assert_close(combine_dual(*branches, 1.0, 1.0), branches[2])


def test_zero_weights_give_the_unconditional_branch(branches) -> None:
    torch.testing.assert_close(combine_dual(*branches, 0.0, 0.0), branches[0])


def test_text_weight_alone_is_classifier_free_guidance(branches) -> None:
    uncond, text, _ = branches
    torch.testing.assert_close(combine_dual(*branches, 7.5, 0.0), uncond + 7.5 * (text - uncond))


@given(weights, weights)
def test_equal_branches_pass_through_whatever_the_weights(
    guidance_scale: float, gps_guidance_scale: float
) -> None:
    same = torch.linspace(-1, 1, 16, dtype=torch.float64).reshape(1, 1, 4, 4)
    torch.testing.assert_close(combine_dual(same, same, same, guidance_scale, gps_guidance_scale), same)


def test_branches_run_as_one_batch_in_the_order_none_text_both() -> None:
    calls = []

    def unet(latents, timestep, tokens):
        calls.append(len(latents))
        return tokens.mean(dim=(1, 2)).reshape(-1, 1, 1, 1).expand_as(latents)

    tokens = torch.tensor([1.0, 1.0, 2.0, 2.0, 5.0, 5.0]).reshape(6, 1, 1)
    prediction = guided(unet, tokens, 10.0, 100.0)(torch.zeros(2, 4, 2, 2), torch.tensor(5))
    assert calls == [6]
    torch.testing.assert_close(prediction, torch.full((2, 4, 2, 2), 1 + 10 * (2 - 1) + 100 * (5 - 2.0)))
