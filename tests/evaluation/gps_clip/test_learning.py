"""Learning: a judge learns what colours tell of places and stripes of words, and goes on where it was stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadModel, BadRequest, Cancelled
from engine.evaluation.gps_clip.card import GpsClipCard
from engine.evaluation.gps_clip.config import load_gps_clip_preset
from engine.evaluation.gps_clip.judge import GpsClip
from engine.evaluation.gps_clip.making import train_gps_clip
from engine.training import log
from engine.training.step import TrainingStep
from engine.training.workspace import Workspace

QUICK = load_gps_clip_preset(
    "small-judge",
    resolution_px=16,
    width=8,
    embedding_width=16,
    place_width=32,
    num_frequencies=1,  # the colours change slowly, and 130 photos leave gaps
    batch_size=32,
    max_train_steps=80,
    lr_warmup_steps=10,
    learning_rate=4e-3,
    closest=0.9,
    dropout=0.0,
    checkpoint_every_steps=80,
    validation_every_steps=40,
)
BETTER = 0.5
"""Share of the error of whoever does not look, below which a judge can see. Over seeds and numbers of threads, which
round otherwise, 20 held-out photos give 0.04 to 0.31; a judge that learned nothing has 1 or more."""
FEW = replace(QUICK, max_train_steps=10, dropout=0.2, checkpoint_every_steps=4)


def weights(folder: Path) -> torch.Tensor:
    state = GpsClip.load(folder).network.state_dict()
    return torch.cat([value.flatten().float() for value in state.values()])


@pytest.mark.parametrize("place_tower", ["periodic", "mlp"])
def test_it_learns_places_and_words(place_tower: str, town: Path, tmp_path: Path) -> None:
    config = replace(QUICK, place_tower=place_tower)
    said: list[str] = []
    out = train_gps_clip(town, tmp_path / "judge", config, on_notice=said.append)
    figures = GpsClipCard.read(out).held_out
    assert figures["photos"] >= 10
    assert figures["median_m"] < BETTER * min(figures["middle_m"], figures["chance_m"])
    assert figures["words_right"] > 0.95
    assert len(said) == 1
    assert f"off by {figures['median_m']:,.0f} m" in said[0]
    lines = log.read(Workspace(out).log)
    assert [line["step"] for line in lines] == list(range(1, config.max_train_steps + 1))
    measured = [line["held_out_loss"] for line in lines if "held_out_loss" in line]
    assert len(measured) == 2
    assert measured[-1] == pytest.approx(figures["held_out_loss"])


def test_a_run_that_was_killed_ends_as_one_that_was_not(town: Path, tmp_path: Path) -> None:
    whole = train_gps_clip(town, tmp_path / "whole", FEW)

    def die(step: TrainingStep) -> None:
        if (step.stage, step.step) == ("training", 7):
            raise Cancelled("killed")

    out = tmp_path / "stopped"
    with pytest.raises(Cancelled):
        train_gps_clip(town, out, FEW, on_step=die)
    assert not out.exists()
    (Workspace(out).checkpoints / ".step-000008.partial").mkdir()  # what kill -9 may leave
    seen: list[int] = []

    def count(step: TrainingStep) -> None:
        if step.stage == "training":
            seen.append(step.step)

    train_gps_clip(town, out, FEW, resume=True, on_step=count)
    assert seen == [5, 6, 7, 8, 9, 10]
    assert torch.equal(weights(out), weights(whole))
    assert [line["step"] for line in log.read(Workspace(out).log)] == list(range(1, 11))
    assert GpsClipCard.read(out).held_out == GpsClipCard.read(whole).held_out
    other = train_gps_clip(town, tmp_path / "other", replace(FEW, seed=1))
    assert not torch.equal(weights(other), weights(whole)), "the seed does something"


def test_a_run_does_not_go_on_as_another(town: Path, tmp_path: Path) -> None:
    def die(step: TrainingStep) -> None:
        if step.stage == "training":
            raise Cancelled("killed")

    with pytest.raises(Cancelled):
        train_gps_clip(town, tmp_path / "judge", FEW, on_step=die)
    with pytest.raises(BadRequest, match="had place_width 32, not 48"):
        train_gps_clip(town, tmp_path / "judge", replace(FEW, place_width=48), resume=True)


def test_what_the_caller_draws_stays_the_same(town: Path, tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train_gps_clip(town, tmp_path / "judge", replace(FEW, max_train_steps=2))
    assert torch.equal(torch.rand(3), expected)


def test_the_papers_parts_learn_what_a_frozen_transformer_sees(town: Path, tmp_path: Path) -> None:
    from transformers import Dinov2Config, Dinov2Model

    def save_dino(seed: int) -> None:
        torch.manual_seed(seed)
        dino = Dinov2Config(hidden_size=24, num_hidden_layers=1, num_attention_heads=2, image_size=28)
        Dinov2Model(dino).save_pretrained(tmp_path / "dino")

    save_dino(0)
    config = load_gps_clip_preset(
        "paper-judge",
        vision=str(tmp_path / "dino"),
        resolution_px=28,
        embedding_width=16,
        place_width=32,
        batch_size=32,
        learning_rate=1e-2,
        lr_warmup_steps=10,
        max_train_steps=100,
    )
    told, said = list[TrainingStep](), list[str]()
    out = train_gps_clip(town, tmp_path / "judge", config, on_step=told.append, on_notice=said.append)
    figures = GpsClipCard.read(out).held_out
    assert figures["median_m"] < BETTER * min(figures["middle_m"], figures["chance_m"])
    assert "words_right" not in figures
    assert "caption" not in said[0]
    assert any(step.stage == "pictures" for step in told)
    again = list[TrainingStep]()
    train_gps_clip(town, tmp_path / "again", replace(config, max_train_steps=1), on_step=again.append)
    assert {step.stage for step in again} == {"training"}, "what was seen once is kept"
    picture = np.full((1, 60, 40, 3), 90, np.uint8)
    with pytest.raises(BadRequest, match="has learned no words; train it with --words"):
        GpsClip.load(out).word_scores(picture, ["a boat"])
    save_dino(1)
    with pytest.raises(BadModel, match="has other weights"):
        GpsClip.load(out)
