"""A ball painted with a colour for each quarter of the compass, its mesh, and a place to put it."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from engine.geo.place import Place
from engine.landmark.mesh.atlas import TexturedMesh
from engine.landmark.mesh.georeference import Georeference
from engine.landmark.mesh.meshing import MeshSettings, make_mesh

QUARTERS = {0: (230, 30, 30), 90: (30, 200, 30), 180: (30, 30, 230), 270: (220, 200, 20)}
"""Bearing -> sRGB: red in the north, green in the east, blue in the south, yellow in the west."""


@dataclass(frozen=True)
class Compass:
    """A ball around `centre` with a hard wall; its colour says in which quarter of the compass a point is."""

    radius: float = 0.6
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def density(self, points: Tensor) -> Tensor:
        distance = (points - points.new_tensor(self.centre)).norm(dim=-1)
        return torch.exp(((self.radius - distance) * 200).clamp(-20, 7))

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        bearing_deg = torch.rad2deg(torch.atan2(points[:, 0], points[:, 1]))
        quarter = ((bearing_deg + 45) % 360 / 90).long() % 4
        return self.density(points), points.new_tensor(list(QUARTERS.values()))[quarter] / 255


@pytest.fixture(scope="session")
def compass() -> type[Compass]:
    return Compass


@pytest.fixture(scope="session")
def quarters() -> dict[int, tuple[int, int, int]]:
    return QUARTERS


@pytest.fixture(scope="session")
def mesh() -> TexturedMesh:
    return make_mesh(Compass(), MeshSettings(resolution=32, num_faces=1_200, texture_px=160))


@pytest.fixture(scope="session")
def georeference() -> Georeference:
    return Georeference(
        Place(48.8738, 2.2950), 40.0, "estimated from the GPS of 214 photos, good to about 10 %", 25.0, 80.0
    )
