"""The border: a box before sky and ground is cut out, and empty photos have nothing in them."""

import torch
from torch import Tensor

from engine.landmark.distillation.border import behind, matte


def empty() -> Tensor:
    """Sky that darkens to the right, and a meadow."""
    picture = torch.zeros(1, 3, 40, 40)
    picture[:, 2] = torch.linspace(0.9, 0.7, 40)
    picture[:, :, 25:] = torch.tensor([0.3, 0.6, 0.2])[:, None, None]
    return picture


def boxed(photo: Tensor) -> Tensor:
    with_box = photo.clone()
    with_box[:, :, 8:32, 14:26] = torch.tensor([0.8, 0.3, 0.1])[:, None, None]
    return with_box


def test_a_photo_without_a_landmark_is_its_own_surroundings() -> None:
    assert (behind(empty()) - empty()).abs().max() < 0.02
    assert (matte(empty(), empty()) > 0.5).float().mean() < 0.05  # all of it on the horizon


def test_what_stands_in_the_middle_is_cut_out() -> None:
    photo, box = boxed(empty()), torch.zeros(1, 40, 40, dtype=torch.bool)
    box[:, 8:32, 14:26] = True
    assert torch.allclose(behind(photo), behind(empty()))
    found = matte(photo, photo) > 0.5
    assert (found == box).float().mean() > 0.93
    assert found[:, 9:31, 15:25].all()


def test_a_cloud_behind_the_landmark_is_known_from_other_photos_of_the_ring() -> None:
    ring = boxed(empty()).repeat(4, 1, 1, 1)
    ring[0, :, 3:12, 16:30] = 0.95  # behind and above the box
    ring[0] = boxed(ring[:1])[0]
    ring[1:3, :, 1:14, :6] = 0.95  # in others it has drifted to the edge
    alone, found = matte(ring[:1], ring[:1]), matte(ring[:1], ring)
    assert alone[:, 4:6, 18:28].min() > 0.9
    assert found[:, 4:6, 18:28].max() < 0.1
    assert found[:, 9:31, 15:25].min() > 0.9
