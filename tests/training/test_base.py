"""The base: what of it is trained, what it predicts, and what does not fit it."""

from collections.abc import Callable

import pytest
import torch

from engine.diffusion.card import PlaceCard
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest
from engine.training.base import open_base
from engine.training.config import TrainingConfig

Quick = Callable[..., TrainingConfig]
CARD = PlaceCard(name="Lund", conditions=("longitude", "latitude"), resolution_px=64)


def trained(pipe) -> set[str]:
    parts = ("vae", "text_encoder", "unet", "place_encoder")
    return {part for part in parts if any(each.requires_grad for each in getattr(pipe, part).parameters())}


def test_unet_and_place_encoder_are_trained_and_nothing_else(quick: Quick, base: str) -> None:
    pipe = open_base(base, CARD, quick())
    assert trained(pipe) == {"unet", "place_encoder"}
    assert all(weight.requires_grad for weight in pipe.unet.parameters())


def test_with_lora_the_unet_itself_is_frozen(quick: Quick, base: str) -> None:
    pipe = open_base(base, CARD, quick(lora_rank=2))
    assert trained(pipe) == {"unet", "place_encoder"}
    assert all("lora" in name for name, weight in pipe.unet.named_parameters() if weight.requires_grad)


def test_what_a_place_encoder_had_before_it_grew_is_frozen(quick: Quick, city: str) -> None:
    card = PlaceCard(name="x", conditions=("longitude", "latitude", "heading", "azimuth"), resolution_px=64)
    encoder = open_base(city, card, quick(lora_rank=2)).place_encoder
    learns = {name for name, weight in encoder.named_parameters() if weight.requires_grad}
    assert learns == {name for name, _ in encoder.named_parameters() if name.startswith("added.")} != set()


def test_what_is_new_follows_from_the_seed(quick: Quick, base: str) -> None:
    def encoder(seed: int) -> torch.Tensor:
        return open_base(base, CARD, quick(seed=seed)).place_encoder.mlps[0][0].weight

    assert torch.equal(encoder(1), encoder(1))
    assert not torch.equal(encoder(1), encoder(2))


def test_a_base_keeps_what_it_predicts_unless_asked_to_learn_another(quick: Quick, base: str) -> None:
    kept = open_base(base, CARD, quick()).scheduler
    assert kept.config.prediction_type == "epsilon"
    assert torch.equal(kept.alphas_cumprod, build_tiny().scheduler.alphas_cumprod)
    learned = open_base(base, CARD, quick(prediction_type="v_prediction")).scheduler
    assert learned.config.prediction_type == "v_prediction"
    assert learned.alphas_cumprod[-1] == 0  # the last timestep is pure noise, as sampling begins with
    learned.set_timesteps(10)
    assert learned.timesteps[0] == learned.config.num_train_timesteps - 1


def test_lora_cannot_change_what_a_frozen_unet_predicts(quick: Quick, base: str) -> None:
    with pytest.raises(BadRequest, match="prediction_type"):
        open_base(base, CARD, quick(lora_rank=2, prediction_type="v_prediction"))
    open_base(base, CARD, quick(lora_rank=2, prediction_type="epsilon"))
