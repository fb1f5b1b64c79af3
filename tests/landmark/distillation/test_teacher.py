"""The teacher: its tokens are the pipeline's own, its guidance the paper's, its encoder the one of training."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.diffusion.autoencoder import encode_images
from engine.diffusion.guidance import guided as guided_dual
from engine.diffusion.photo_places import PhotoPlaces
from engine.errors import BadRequest
from engine.geo.bearing import destination
from engine.geo.place import Place
from engine.landmark.camera import Camera
from engine.landmark.distillation.teacher import Teacher

PROMPT = "A photo of Cathedral"


def test_nothing_is_the_one_meaning_of_no_text_and_no_place(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick())
    with torch.no_grad():
        wanted = pipe.join(pipe.encode_prompt([""]), pipe.encode_place([None]))
    assert torch.equal(teacher.nothing, wanted)


def test_the_side_is_told_by_its_azimuth(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick())
    assert not teacher.knows_distance
    tokens = teacher.tokens([Camera(30.0), Camera(390.0), Camera(200.0)])
    assert torch.allclose(tokens[0], tokens[1], atol=1e-5)
    assert not torch.allclose(tokens[0], tokens[2], atol=1e-2)
    with torch.no_grad():
        place = pipe.encode_place([{"azimuth": 200.0, "hour": 13.0}])
        assert torch.allclose(tokens[2:], pipe.join(pipe.encode_prompt([PROMPT]), place), atol=1e-5)


def test_all_views_are_told_one_distance_where_the_model_knows_any(pipe, quick, monkeypatch) -> None:
    centre = Place(48.8738, 2.2950)
    cameras = [destination(centre, 36 * number, 100 + 10 * number) for number in range(11)]
    card = replace(
        pipe.card, conditions=("azimuth", "distance"), centre=centre, min_distance_m=50, radius_m=300
    )
    places = PhotoPlaces(*np.array([(each.latitude, each.longitude) for each in cameras]).T)
    monkeypatch.setattr(pipe, "card", card)
    monkeypatch.setattr(pipe, "photo_places", places)
    teacher = Teacher(pipe, PROMPT, quick(distance_shares=(0.5,)))
    assert teacher.knows_distance
    told = pipe.encode_place([{"azimuth": 30.0, "distance": 150.0}])
    wanted = pipe.join(pipe.encode_prompt([PROMPT]), told)
    assert torch.allclose(teacher.tokens([Camera(30.0)]), wanted, atol=1e-3)
    farther = Teacher(pipe, PROMPT, quick(distance_shares=(0.5, 0.9))).tokens([Camera(30.0)])
    assert not torch.allclose(farther, wanted, atol=1e-2)


def test_or_by_words_and_no_azimuth(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick(direction="words", front_azimuth_deg=200.0))
    front, back = teacher.tokens([Camera(200.0), Camera(20.0)])
    with torch.no_grad():
        text = pipe.encode_prompt([f"{PROMPT}, front view", f"{PROMPT}, back view"])
        wanted = pipe.join(text, pipe.encode_place([{"hour": 13.0}] * 2))
    assert torch.allclose(torch.stack([front, back]), wanted, atol=1e-5)


def test_the_papers_weight_is_one_less_than_both_scales_of_the_pipeline(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick())
    noisy = torch.randn(1, *teacher.latent_shape, generator=torch.Generator().manual_seed(0))
    tokens = teacher.tokens([Camera(77.0)])
    found = teacher.guided(noisy, 500, tokens, 2.0)
    with torch.no_grad():
        text = pipe.join(pipe.encode_prompt([PROMPT]), pipe.encode_place([None]))
        branches = torch.cat([teacher.nothing, text, tokens])
        wanted = guided_dual(pipe.predict, branches, 3.0, 3.0)(noisy, torch.tensor(500))
    assert torch.allclose(found, wanted, atol=1e-4)


def test_latents_are_those_of_training_and_have_a_gradient(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick())
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    latents = teacher.encode(picture)
    assert torch.allclose(latents, encode_images(pipe.vae, picture.detach() * 2 - 1), atol=1e-5)
    latents.square().sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in pipe.vae.parameters())


def test_colours_are_the_preview_backwards(pipe, quick) -> None:
    teacher = Teacher(pipe, PROMPT, quick(through="colours"))
    picture = torch.rand(1, 3, *teacher.latent_shape[1:], generator=torch.Generator().manual_seed(0))
    matrix = torch.tensor(pipe.card.latent_rgb)
    latents = teacher.encode(picture)
    seen = torch.einsum("bchw,cr->brhw", latents, matrix[:-1]) + matrix[-1][:, None, None]
    assert torch.allclose(seen, picture, atol=1e-5)


def test_the_schedule_ends_in_pure_noise_where_the_model_does(pipe, noise_pipe, quick) -> None:
    assert Teacher(pipe, PROMPT, quick()).alpha_bar(999) == 0.0
    assert 0 < Teacher(noise_pipe, PROMPT, quick()).alpha_bar(999) < 0.01
    assert Teacher(pipe, PROMPT, quick()).alpha_bar(-1) == 1.0


def test_models_that_cannot_be_asked_are_refused(pipe, quick) -> None:
    pipe.card = type(pipe.card)(name="Lund", conditions=("longitude", "latitude"))
    with pytest.raises(BadRequest, match=r"knows no azimuth .its conditions are longitude, latitude"):
        Teacher(pipe, PROMPT, quick())
    pipe.scheduler.register_to_config(prediction_type="sample")
    with pytest.raises(BadRequest, match="predicts 'sample'"):
        Teacher(pipe, PROMPT, quick())
