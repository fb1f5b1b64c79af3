"""Looks: from all around, and as one picture."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from engine.landmark.distillation.distiller import Distiller
from engine.landmark.distillation.looks import look_around, write_strip
from engine.landmark.distillation.teacher import Teacher


def test_a_look_draws_no_random_number_and_shows_every_side(pipe, quick) -> None:
    config = quick()
    generator = torch.Generator().manual_seed(0)
    growth = Distiller(Teacher(pipe, "A photo of Cathedral", config), config, generator)
    before = generator.get_state()
    looks = look_around(growth, config, 4, 10)
    assert torch.equal(generator.get_state(), before)
    assert looks.azimuths_deg == (0.0, 90.0, 180.0, 270.0)
    assert looks.pictures.shape == (4, 3, 10, 10)
    assert looks.opacity.shape == (4, 10, 10)
    free = looks.opacity < 0.05
    assert free.any()
    assert (looks.pictures.permute(0, 2, 3, 1)[free] - 0.93).abs().max() < 0.06


def test_before_a_sky_what_is_empty_is_the_sky_and_what_is_solid_stays(pipe, quick) -> None:
    config = quick()
    growth = Distiller(
        Teacher(pipe, "A photo of Cathedral", config), config, torch.Generator().manual_seed(0)
    )
    looks = look_around(growth, config, 4, 10)
    assert looks.before(None) is looks.pictures
    sky = torch.tensor([0.2, 0.4, 0.9])[:, None, None].expand(3, 6, 6)
    seen, opacity = looks.before(sky), looks.opacity[:, None]
    own = looks.pictures - (1 - opacity) * 0.93
    torch.testing.assert_close(seen, own + (1 - opacity) * sky[:, :1, :1])


def test_a_strip_has_its_pictures_in_rows(tmp_path: Path) -> None:
    pictures = torch.stack([torch.full((3, 2, 2), number / 4) for number in range(5)])
    path = write_strip(pictures, tmp_path / "strip.png", columns=3)
    with Image.open(path) as strip:
        pixels = np.asarray(strip)
    assert pixels.shape == (4, 6, 3)
    assert pixels[0, ::2, 0].tolist() == [0, 64, 128]
    assert pixels[2, ::2, 0].tolist() == [191, 255, 0]
    assert [each.name for each in tmp_path.iterdir()] == ["strip.png"]
