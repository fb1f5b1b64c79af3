"""Building in a landmark's own axes: x to the right of who looks at its front, y to the back, z up, in metres."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull

from engine.world.raycast.solids import Look, Quarry

Point = Sequence[float]


@dataclass(frozen=True)
class Mason:
    """Puts solids into a quarry, turned so that the front (-y) looks to a compass bearing."""

    quarry: Quarry
    east_m: float
    north_m: float
    heading_deg: float
    ground_m: float = 0.0

    @property
    def turn_deg(self) -> float:
        """Direction of x, anticlockwise from east."""
        return 180.0 - self.heading_deg

    def world(self, points: ArrayLike) -> Float[np.ndarray, "N 3"]:
        """The points east, north and up."""
        return self.vectors(points) + np.array([self.east_m, self.north_m, self.ground_m])

    def vectors(self, directions: ArrayLike) -> Float[np.ndarray, "N 3"]:
        """The directions east, north and up."""
        rows = np.atleast_2d(np.asarray(directions, dtype=float))
        turn = np.radians(self.turn_deg)
        east = rows[:, 0] * np.cos(turn) - rows[:, 1] * np.sin(turn)
        north = rows[:, 0] * np.sin(turn) + rows[:, 1] * np.cos(turn)
        return np.column_stack([east, north, rows[:, 2]])

    def at(self, x: float, y: float, z: float = 0.0, turn_deg: float = 0.0) -> "Mason":
        """Another mason around a point of this one's axes, turned clockwise."""
        spot = self.world([(x, y, z)])[0]
        return replace(
            self, east_m=spot[0], north_m=spot[1], ground_m=spot[2], heading_deg=self.heading_deg + turn_deg
        )

    def box(self, centre: ArrayLike, half: ArrayLike, look: Look, turn_deg: float = 0.0) -> None:
        """A box with upright sides, `turn_deg` anticlockwise from these axes."""
        self.quarry.box(self.world(centre), half, look, self.turn_deg + turn_deg)

    def block(self, x: Point, y: Point, z: Point, look: Look) -> None:
        """A box by its ranges along x, y and z."""
        ranges = np.array([x, y, z], dtype=float)
        self.box(ranges.mean(1), (ranges[:, 1] - ranges[:, 0]) / 2, look)

    def frustum(self, foot: ArrayLike, top: ArrayLike, lower_m, upper_m, look: Look) -> None:
        """A column, drum or cone between two points."""
        self.quarry.frustum(self.world(foot), self.world(top), lower_m, upper_m, look)

    def drum(
        self, z: Point, lower_m: float, upper_m: float, look: Look, x: float = 0.0, y: float = 0.0
    ) -> None:
        """An upright column, drum or cone."""
        self.frustum((x, y, z[0]), (x, y, z[1]), lower_m, upper_m, look)

    def ball(self, centre: ArrayLike, radii: ArrayLike, look: Look) -> None:
        """An ellipsoid along these axes."""
        self.quarry.ellipsoid(self.world(centre), radii, look, self.turn_deg)

    def rod(self, start: ArrayLike, end: ArrayLike, radius_m, look: Look) -> None:
        """A rod with round ends."""
        self.quarry.capsule(self.world(start), self.world(end), radius_m, look)

    def ring(self, centre: Point, ring_m: float, tube_m: float, look: Look, axis: Point = (0, 0, 1)) -> None:
        """A ring around an axis."""
        self.quarry.torus(self.world(centre), self.vectors(axis), ring_m, tube_m, look)

    def hull(self, points: ArrayLike, look: Look) -> None:
        """The smallest body that holds all points; it may have at most 10 faces."""
        spots = self.world(points)
        planes: list[np.ndarray] = []
        for plane in ConvexHull(spots).equations:
            # Qhull cuts flat faces into triangles; each face is wanted once.
            if all(np.abs(plane[:3] - other[:3]).max() > 1e-4 for other in planes):
                planes.append(plane * [1, 1, 1, -1])
        self.quarry.convex(planes, spots[:, 2].min(), spots.min(0), spots.max(0), look)

    def taper(self, z: Point, lower: Point, upper: Point, look: Look, x: float = 0.0, y: float = 0.0) -> None:
        """A body between two rectangles (half sizes), as pyramids and obelisks have it."""
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        rows = [(x + sx * lower[0], y + sy * lower[1], z[0]) for sx, sy in corners]
        rows += [(x + sx * upper[0], y + sy * upper[1], z[1]) for sx, sy in corners]
        self.hull(rows, look)

    def arch(
        self,
        middle_x: float,
        half_m: float,
        y: Point,
        spring_m: float,
        top_m: float,
        look: Look,
        rise: float = 1.0,
    ) -> None:
        """The wall above a round opening: from `spring_m`, where the curve begins, to a level `top_m`.

        `rise` is the height of the curve in units of `half_m`; above 1 the arch is pointed.
        """
        angles = np.linspace(0, np.pi, 11)
        across = -np.cos(angles) * half_m
        curve = np.sin(angles) if rise <= 1 else 1 - np.abs(np.cos(angles)) ** 1.6
        heights = spring_m + curve * half_m * rise
        for i in range(10):
            rows = [
                (middle_x + across[j], depth, height)
                for j in (i, i + 1)
                for depth in y
                for height in (heights[j], top_m)
            ]
            self.hull(rows, look)
