"""The camera around a landmark: the one place of this room where an azimuth becomes a direction.

Axes are those of the cube [-1, 1]^3: x east, y north, z up. A camera at azimuth 180 stands in the south and looks
north, so east is on the right of its picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from engine.errors import BadRequest

_FULL_CIRCLE = (0.0, 360.0)


@dataclass(frozen=True)
class Camera:
    """A camera without roll that stands somewhere around the cube and looks at its axis; lengths in half cubes.

    Raises BadRequest for angles and distances that leave it nothing to look at.
    """

    azimuth_deg: float
    """Compass bearing of the camera seen from the landmark, clockwise from true north."""
    elevation_deg: float = 0.0
    """Of the camera seen from the cube's centre: negative where it stands lower and looks up."""
    distance: float = 3.0
    """From the cube's centre."""
    fovy_deg: float = 40.0
    """From the picture's upper edge to its lower one."""
    target_up: float = 0.0
    """Height of the point on the cube's axis that is in the picture's middle."""

    def __post_init__(self) -> None:
        limits = (
            ("azimuth_deg", self.azimuth_deg, -math.inf, math.inf),
            ("elevation_deg", self.elevation_deg, -90.0, 90.0),
            ("distance", self.distance, 1e-3, 1e3),
            ("fovy_deg", self.fovy_deg, 0.1, 170.0),
            ("target_up", self.target_up, -10.0, 10.0),
        )
        for name, value, least, most in limits:
            if not math.isfinite(value) or not least <= value <= most:
                raise BadRequest(f"a camera's {name} is {value:g}; give a number from {least:g} to {most:g}")
        if math.dist(self.position, (0, 0, self.target_up)) < 1e-4:
            raise BadRequest(
                f"the camera stands in the point that it looks at, {self.target_up:g} above the centre; "
                "move one of them"
            )

    @property
    def position(self) -> tuple[float, float, float]:
        """East, north and up."""
        azimuth, elevation = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        level = self.distance * math.cos(elevation)
        return (
            level * math.sin(azimuth),
            level * math.cos(azimuth),
            self.distance * math.sin(elevation),
        )

    @property
    def pose(self) -> "Pose":
        """Position and axes as a matrix."""
        azimuth = math.radians(self.azimuth_deg)
        position = torch.tensor(self.position, dtype=torch.float64)
        back = position - torch.tensor([0.0, 0.0, self.target_up], dtype=torch.float64)
        back = back / back.norm()
        # The camera looks along its azimuth's vertical plane, so what is square to the plane is level.
        right = torch.tensor([-math.cos(azimuth), math.sin(azimuth), 0.0], dtype=torch.float64)
        axes = torch.stack([right, torch.linalg.cross(back, right), back, position], dim=1)
        return Pose(axes.float(), self.fovy_deg)


@dataclass(frozen=True, eq=False)
class Pose:
    """Any pinhole camera with square pixels and its centre in the picture's middle."""

    camera_to_world: Float[Tensor, "3 4"]
    """Columns: the picture's right, its up, the way back out of the scene, and the position."""
    fovy_deg: float

    @property
    def pose(self) -> "Pose":
        """Itself, so that cameras and poses can be asked alike."""
        return self


def rays(
    camera: Camera | Pose, width_px: int, height_px: int
) -> tuple[Float[Tensor, "N 3"], Float[Tensor, "N 3"]]:
    """`rays_o` and unit `rays_d` through the pixels' centres, row by row from the picture's upper left; N = H W."""
    columns, rows = torch.arange(width_px) + 0.5, torch.arange(height_px) + 0.5
    grid = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).flip(-1).reshape(-1, 2)
    pose = camera.pose
    rays_d = torch.nn.functional.normalize(_directions(pose, grid, width_px, height_px), dim=-1)
    return pose.camera_to_world[:, 3].expand_as(rays_d).contiguous(), rays_d


def project(
    camera: Camera | Pose, points: Float[Tensor, "N 3"], width_px: int, height_px: int
) -> tuple[Float[Tensor, "N 2"], Float[Tensor, " N"]]:
    """Column and row of each point in pixels, and its depth along the camera's axis.

    The upper left corner of the picture is (0, 0). What has no positive depth is behind the camera, and its pixel
    means nothing.
    """
    pose = camera.pose
    seen = (points - pose.camera_to_world[:, 3]) @ pose.camera_to_world[:, :3]
    depth = -seen[:, 2]
    scale = height_px / 2 / math.tan(math.radians(pose.fovy_deg) / 2)
    across, up = scale * seen[:, 0] / depth, scale * seen[:, 1] / depth
    return torch.stack([width_px / 2 + across, height_px / 2 - up], dim=1), depth


def unproject(
    camera: Camera | Pose,
    pixels: Float[Tensor, "N 2"],
    depth: Float[Tensor, " N"],
    width_px: int,
    height_px: int,
) -> Float[Tensor, "N 3"]:
    """The points that `project` puts there."""
    pose = camera.pose
    return pose.camera_to_world[:, 3] + _directions(pose, pixels, width_px, height_px) * depth[:, None]


def _directions(
    pose: Pose, pixels: Float[Tensor, "N 2"], width_px: int, height_px: int
) -> Float[Tensor, "N 3"]:
    """Directions through pixels (column, row), as long as they are for a depth of 1."""
    scale = 2 * math.tan(math.radians(pose.fovy_deg) / 2) / height_px
    across, up = (pixels[:, 0] - width_px / 2) * scale, (height_px / 2 - pixels[:, 1]) * scale
    return torch.stack([across, up, -torch.ones_like(up)], dim=1) @ pose.camera_to_world[:, :3].T


@dataclass(frozen=True)
class CameraRange:
    """Cameras to be drawn: each number evenly from its range (least, most).

    Raises BadRequest for weights that do not fit the azimuths, and for a range that ends before it begins.
    """

    elevation_deg: tuple[float, float]
    distance: tuple[float, float] = (3.0, 3.0)
    fovy_deg: tuple[float, float] = (40.0, 40.0)
    azimuths_deg: Sequence[float] | None = None
    """Middles of the sectors to draw from; None is the full circle."""
    azimuth_weights: Sequence[float] | None = None
    """How often each sector is drawn, in any unit; None is evenly."""
    sector_deg: float = 10.0
    """Width of a sector."""
    target_up: float = 0.0

    def __post_init__(self) -> None:
        for name in ("elevation_deg", "distance", "fovy_deg"):
            least, most = getattr(self, name)
            if not least <= most:
                raise BadRequest(
                    f"the range of {name} is {least:g} to {most:g}; give the smaller number first"
                )
        count = len(self.azimuths_deg) if self.azimuths_deg is not None else 0
        if self.azimuths_deg is not None and not count:
            raise BadRequest(
                "there are no azimuths to draw from; name some, or none at all for the full circle"
            )
        if self.azimuth_weights is not None and (
            len(self.azimuth_weights) != count
            or min(self.azimuth_weights) < 0
            or not 0 < sum(self.azimuth_weights) < math.inf
        ):
            raise BadRequest(
                f"the weights {tuple(self.azimuth_weights)} do not fit {count} azimuths; give each a number from 0, "
                "and one of them more than 0"
            )

    def draw(self, generator: torch.Generator) -> Camera:
        """The next camera; `generator` is on the CPU."""
        share = torch.rand(4, generator=generator, dtype=torch.float64).tolist()
        if self.azimuths_deg is None:
            azimuth_deg = _between(_FULL_CIRCLE, share[0])
        else:
            weights = torch.tensor(
                self.azimuth_weights or [1.0] * len(self.azimuths_deg), dtype=torch.float64
            )
            middle = self.azimuths_deg[int(torch.multinomial(weights, 1, generator=generator))]
            azimuth_deg = middle + (share[0] - 0.5) * self.sector_deg
        return Camera(
            azimuth_deg % 360,
            _between(self.elevation_deg, share[1]),
            _between(self.distance, share[2]),
            _between(self.fovy_deg, share[3]),
            self.target_up,
        )


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share


PAPER_CAMERAS = CameraRange(elevation_deg=(-30.0, 0.0))
"""The paper's: all around, from below the centre, as tourists stand. It states no angles; these are ours."""

WIDE_CAMERAS = CameraRange(elevation_deg=(-20.0, 30.0), distance=(2.6, 3.4), fovy_deg=(36.0, 46.0))
"""Ours: also from above, nearer and farther, so that roofs are seen and no distance is learned by heart."""
