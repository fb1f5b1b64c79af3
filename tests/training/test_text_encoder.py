"""The text encoder of a new base: its words, its loss, and that it learns what they look like."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import CLIPTextModel

from engine.diffusion.pipeline import PlacePipeline
from engine.training.config import TrainingConfig
from engine.training.text_encoder import (
    contrastive_loss,
    fit_text_encoder,
    known_words,
    learn_vocabulary,
    open_text_encoder,
    save_text_encoder,
)

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (30, 40, 220), "grey": (120, 120, 120)}
CAPTIONS = [f"a {colour} wall in the street" for colour in COLOURS] * 8


def pictures() -> torch.Tensor:
    """Walls (32, 3, 64, 64), each of its caption's colour with noise of its own."""
    walls = torch.tensor(list(COLOURS.values()) * 8).float()[:, :, None, None]
    noise = torch.randn(32, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 20
    return (walls + noise).clamp(0, 255).to(torch.uint8)


def test_known_words_are_those_used_often_the_most_frequent_first() -> None:
    captions = ["A dog's life"] * 5 + ["a cat"] * 4 + ["a street, 7 cats"] * 6
    assert known_words(captions) == ("a", "7", "cats", "street", "dog's", "life")


def test_words_become_single_tokens(pipe: PlacePipeline) -> None:
    learn_vocabulary(pipe, CAPTIONS, seed=0)
    ids = pipe.token_ids(["a red wall in the street"])
    assert ids.shape == (1, pipe.tokenizer.model_max_length)
    assert (ids != pipe.tokenizer.pad_token_id).sum() == 1 + 6  # the first token and six words; the end pads
    assert pipe.text_encoder.config.vocab_size == len(pipe.tokenizer)
    assert pipe.encode_prompt(["an unknown Zebra"]).isfinite().all()


def test_the_loss_is_that_of_choosing_by_chance_and_falls_to_that_of_the_doubles() -> None:
    pairs = torch.eye(4).bool()
    assert contrastive_loss(torch.zeros(4, 4), pairs).item() == pytest.approx(math.log(4))
    assert contrastive_loss(50 * torch.eye(4), pairs).item() == pytest.approx(0, abs=1e-6)
    doubles = torch.block_diag(torch.ones(2, 2), torch.ones(2, 2))
    assert contrastive_loss(50 * doubles, doubles.bool()).item() == pytest.approx(math.log(2))


def test_it_learns_which_words_belong_to_which_pictures(
    pipe: PlacePipeline, quick: Callable[..., TrainingConfig], tmp_path: Path
) -> None:
    learn_vocabulary(pipe, CAPTIONS, seed=0)
    told: list[float] = []
    config = quick(text_encoder_steps=40)
    fit_text_encoder(pipe, CAPTIONS, pictures(), config, lambda step: told.append(step.loss))
    assert told[-1] < math.log(8) + 0.25 < told[0]  # eight pictures belong to each caption
    assert isinstance(pipe.text_encoder, CLIPTextModel)
    assert not any(weight.requires_grad for weight in pipe.text_encoder.parameters())

    tokens = pipe.encode_prompt(CAPTIONS[:4])
    save_text_encoder(pipe, tmp_path / "text")
    open_text_encoder(pipe, tmp_path / "text")
    torch.testing.assert_close(pipe.encode_prompt(CAPTIONS[:4]), tokens)
