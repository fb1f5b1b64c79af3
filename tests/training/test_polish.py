"""The polish: the decoder changes and the encoder does not, and the losses are what they say."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.diffusion.pipeline import PlacePipeline
from engine.training.polish import Critic, from_anywhere, hinge_loss, likeness_loss, off, polish_decoder

PICTURES = torch.randint(256, (6, 3, 64, 64), generator=torch.Generator().manual_seed(2), dtype=torch.uint8)


def weights(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.clone() for name, weight in module.state_dict().items()}


def test_only_the_decoder_learns_and_a_killed_run_ends_alike(
    pipe: PlacePipeline, quick, tmp_path: Path
) -> None:
    config = replace(quick(), polish_steps=6, autoencoder_batch_size=2, checkpoint_every_steps=3)
    encoder, decoder = weights(pipe.vae.encoder), weights(pipe.vae.decoder)
    polish_decoder(pipe.vae, PICTURES, config)
    whole = weights(pipe.vae.decoder)
    assert all(torch.equal(each, encoder[name]) for name, each in pipe.vae.encoder.state_dict().items())
    assert any(not torch.equal(each, decoder[name]) for name, each in whole.items())
    assert not any(weight.requires_grad for weight in pipe.vae.decoder.parameters())

    pipe.vae.decoder.load_state_dict(decoder)
    with pytest.raises(KeyboardInterrupt):
        polish_decoder(pipe.vae, PICTURES, config, stop_at(4), tmp_path)
    polish_decoder(pipe.vae, PICTURES, config, None, tmp_path)
    assert all(torch.equal(each, whole[name]) for name, each in pipe.vae.decoder.state_dict().items())


def stop_at(step: int):
    def stop(told) -> None:
        if told.step == step:
            raise KeyboardInterrupt

    return stop


def test_each_picture_is_off_by_a_strength_of_its_own() -> None:
    deviations = off(torch.Size((400, 16, 8, 8)), torch.Generator().manual_seed(0)).std(dim=(1, 2, 3))
    assert deviations.min() < 0.02
    assert 0.38 < deviations.max() < 0.43
    assert abs(deviations.mean() - 0.2) < 0.02


def test_the_critic_looks_at_patches() -> None:
    seen = Critic()(torch.zeros(2, 3, 64, 64))
    assert [tuple(each.shape) for each in seen[-2:]] == [(2, 128, 4, 4), (2, 1, 4, 4)]


def test_the_hinge_is_nothing_for_a_critic_that_is_sure_and_two_for_one_that_is_not() -> None:
    assert hinge_loss(torch.tensor([1.0, 3.0]), torch.tensor([-1.0, -2.0])).item() == 0
    assert hinge_loss(torch.zeros(3), torch.zeros(3)).item() == 2


def test_likeness_is_nothing_for_the_same_and_does_not_depend_on_the_layers_size() -> None:
    photo = torch.rand(2, 4, 8, 8) + 1
    assert likeness_loss([photo], [photo]).item() == 0
    one = likeness_loss([photo * 1.5], [photo])
    assert one.item() == pytest.approx(0.5, rel=1e-5)
    assert likeness_loss([photo * 1.5, photo * 150], [photo, photo * 100]).item() == pytest.approx(one.item())


def test_the_critic_sees_the_same_part_of_both_and_all_beginnings_occur() -> None:
    photos = torch.arange(20 * 20.0).reshape(1, 1, 20, 20).expand(2, 3, -1, -1)
    generator = torch.Generator().manual_seed(0)
    corners = set()
    for _ in range(200):
        seen, made = from_anywhere(photos, photos + 1000, 4, generator)
        assert seen.shape == (2, 3, 16, 16)
        assert torch.equal(made, seen + 1000)
        corners.add(divmod(int(seen[0, 0, 0, 0]), 20))
    assert corners == {(top, left) for top in range(5) for left in range(5)}
