"""What a ray finds where it meets a solid: normal, position on the face, and the face's size."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor

from engine.world.raycast.solids import Kind

EAST, WEST, BACK, FRONT, TOP, UNDER = range(6)
"""Faces of a box in its own axes: +x, -x, +y, -y, up, down. A house looks to the street with its front."""


@dataclass(frozen=True)
class Surface:
    """Points on solids, one a ray, as columns of equal length; lengths in metres, colours linear."""

    east: Float[Tensor, "N"]
    north: Float[Tensor, "N"]
    up: Float[Tensor, "N"]
    nx: Float[Tensor, "N"]
    ny: Float[Tensor, "N"]
    nz: Float[Tensor, "N"]
    tx: Float[Tensor, "N"]
    """Direction of growing `u` over the ground."""
    ty: Float[Tensor, "N"]
    u: Float[Tensor, "N"]
    v: Float[Tensor, "N"]
    u_length: Float[Tensor, "N"]
    """Size of the face along u, 0 where it has no ends."""
    v_length: Float[Tensor, "N"]
    face: Float[Tensor, "N"]
    distance: Float[Tensor, "N"]
    dx: Float[Tensor, "N"]
    dy: Float[Tensor, "N"]
    dz: Float[Tensor, "N"]
    red: Float[Tensor, "N"]
    green: Float[Tensor, "N"]
    blue: Float[Tensor, "N"]
    a: Float[Tensor, "N"]
    b: Float[Tensor, "N"]
    c: Float[Tensor, "N"]
    e: Float[Tensor, "N"]
    flags: Float[Tensor, "N"]
    seed: Float[Tensor, "N"]
    accent_red: Float[Tensor, "N"]
    accent_green: Float[Tensor, "N"]
    accent_blue: Float[Tensor, "N"]
    pixel: Float[Tensor, "N"]
    """Width of the ray's footprint, square to the ray."""

    @property
    def table(self) -> Float[Tensor, "C N"]:
        """All columns in their order, so that points can be taken from all of them at once."""
        return torch.stack([getattr(self, column.name) for column in fields(self)])

    @property
    def colour(self) -> Float[Tensor, "3 N"]:
        return torch.stack([self.red, self.green, self.blue])

    def accent(self, default: Tensor) -> Float[Tensor, "3 N"]:
        """The second colour, or the material's own `default` (3 N or 3 1) where a solid has none."""
        own = torch.stack([self.accent_red, self.accent_green, self.accent_blue])
        return torch.where(own.isnan(), default, own)

    @property
    def has_accent(self) -> Float[Tensor, "N"]:
        """1 where there is a second colour, else 0."""
        return (~self.accent_red.isnan()).float()

    @property
    def slant(self) -> Float[Tensor, "N"]:
        """Cosine between the ray and the normal, at least 0.06."""
        return (self.nx * self.dx + self.ny * self.dy + self.nz * self.dz).abs().clamp_min(0.06)

    @property
    def footprint_u(self) -> Float[Tensor, "N"]:
        """Width of the footprint along u, for upright faces."""
        return self.pixel / self.slant

    @property
    def footprint(self) -> Float[Tensor, "N"]:
        """Length of the footprint on level ground."""
        return self.pixel / self.slant

    def flag(self, bit: int) -> Float[Tensor, "N"]:
        """1 where the flag is set, else 0."""
        return ((self.flags.long() & bit) > 0).float()


def describe(kind: Kind, p: Sequence[Tensor], at: Sequence[Tensor]) -> Float[Tensor, "10 N"]:
    """Rows at the points `at`: normal (3), direction of u (2), u, v, their lengths, face."""
    return {
        "box": _box,
        "convex": _convex,
        "frustum": _frustum,
        "ellipsoid": _ellipsoid,
        "capsule": _capsule,
        "torus": _torus,
    }[kind](p, at)


def _box(p, at):
    cx, cy, cz, hx, hy, hz, cos, sin = p
    rx, ry, z = at[0] - cx, at[1] - cy, at[2] - cz
    x, y = rx * cos + ry * sin, ry * cos - rx * sin
    gaps = torch.stack([hx - x, hx + x, hy - y, hy + y, hz - z, hz + z])
    face = gaps.argmin(0)
    sides, ends, level = face < 2, (face == BACK) | (face == FRONT), face >= TOP
    sign = 1.0 - 2.0 * (face % 2).float()
    nx = torch.where(sides, cos * sign, torch.where(ends, -sin * sign, 0.0))
    ny = torch.where(sides, sin * sign, torch.where(ends, cos * sign, 0.0))
    nz = torch.where(level, sign, 0.0)
    tx, ty = torch.where(sides, -sin, cos), torch.where(sides, cos, sin)
    u = torch.where(sides, y + hy, x + hx)
    v = torch.where(level, y + hy, z + hz)
    u_length, v_length = 2 * torch.where(sides, hy, hx), 2 * torch.where(level, hy, hz)
    return torch.stack([nx, ny, nz, tx, ty, u, v, u_length, v_length, face.float()])


def _convex(p, at):
    r = [at[i] - p[i] for i in range(3)]
    planes = torch.stack(list(p[4:44])).reshape(10, 4, -1)
    gaps = planes[:, 3] - planes[:, 0] * r[0] - planes[:, 1] * r[1] - planes[:, 2] * r[2]
    which = gaps.abs().argmin(0)[None]
    nx, ny, nz = (planes[:, i].gather(0, which)[0] for i in range(3))
    out = (nx * nx + ny * ny).sqrt().clamp_min(1e-6)
    tx = torch.where(out > 1e-3, -ny / out, 1.0)
    ty = torch.where(out > 1e-3, nx / out, 0.0)
    u = r[0] * tx + r[1] * ty + 512.0
    v = torch.where(nz.abs() > 0.9, r[1] + 512.0, at[2] - p[3])
    return _with_face(nx, ny, nz, tx, ty, u, v, torch.zeros_like(u), 2 * (p[2] - p[3]))


def _frustum(p, at):
    fx, fy, fz, ax, ay, az, height, lower, upper = p
    rx, ry, rz = at[0] - fx, at[1] - fy, at[2] - fz
    along = rx * ax + ry * ay + rz * az
    ox, oy, oz = rx - along * ax, ry - along * ay, rz - along * az
    out = (ox * ox + oy * oy + oz * oz).sqrt()
    slope = (upper - lower) / height
    radius = lower + slope * along
    side_gap = (radius - out).abs()
    at_top = (height - along).abs() < torch.minimum(side_gap, along.abs())
    at_foot = (along.abs() < side_gap) & ~at_top
    scale = 1 / out.clamp_min(1e-6)
    nx, ny, nz = ox * scale - slope * ax, oy * scale - slope * ay, oz * scale - slope * az
    length = (nx * nx + ny * ny + nz * nz).rsqrt()
    end = at_top.float() - at_foot.float()
    cap = at_top | at_foot
    nx, ny, nz = (torch.where(cap, a * end, n * length) for a, n in ((ax, nx), (ay, ny), (az, nz)))
    turn = torch.atan2(oy, ox)
    mean = (lower + upper) / 2
    u = torch.where(cap, rx + 64, (turn + torch.pi) * mean)
    v = torch.where(cap, ry + 64, along)
    return _with_face(nx, ny, nz, -oy * scale, ox * scale, u, v, 2 * torch.pi * mean, height)


def _ellipsoid(p, at):
    cx, cy, cz, sx, sy, sz, cos, sin = p
    rx, ry, rz = at[0] - cx, at[1] - cy, at[2] - cz
    x, y = (rx * cos + ry * sin) / (sx * sx), (ry * cos - rx * sin) / (sy * sy)
    nx, ny, nz = x * cos - y * sin, x * sin + y * cos, rz / (sz * sz)
    length = (nx * nx + ny * ny + nz * nz).rsqrt()
    nx, ny, nz = nx * length, ny * length, nz * length
    turn = torch.atan2(ry, rx)
    return _with_face(nx, ny, nz, -ny, nx, (turn + torch.pi) * sx, rz + sz, 2 * torch.pi * sx, 2 * sz)


def _capsule(p, at):
    sx, sy, sz, ax, ay, az, radius = p
    rx, ry, rz = at[0] - sx, at[1] - sy, at[2] - sz
    square = ax * ax + ay * ay + az * az
    share = ((rx * ax + ry * ay + rz * az) / square).clamp(0, 1)
    nx, ny, nz = (rx - share * ax) / radius, (ry - share * ay) / radius, (rz - share * az) / radius
    length = square.sqrt()
    u = (torch.atan2(ny, nx) + torch.pi) * radius
    return _with_face(nx, ny, nz, -ny, nx, u, share * length, 2 * torch.pi * radius, length)


def _torus(p, at):
    cx, cy, cz, ax, ay, az, ring, tube = p
    rx, ry, rz = at[0] - cx, at[1] - cy, at[2] - cz
    along = rx * ax + ry * ay + rz * az
    ox, oy, oz = rx - along * ax, ry - along * ay, rz - along * az
    shrink = 1 - ring / (ox * ox + oy * oy + oz * oz).sqrt().clamp_min(1e-6)
    nx, ny, nz = ox * shrink + along * ax, oy * shrink + along * ay, oz * shrink + along * az
    length = (nx * nx + ny * ny + nz * nz).clamp_min(1e-12).rsqrt()
    turn = (torch.atan2(oy, ox) + torch.pi) * ring
    return _with_face(
        nx * length, ny * length, nz * length, -oy, ox, turn, along + tube, 6.2832 * ring, 2 * tube
    )


def _with_face(nx, ny, nz, tx, ty, u, v, u_length, v_length):
    face = torch.where(nz > 0.7, float(TOP), torch.where(nz < -0.7, float(UNDER), float(FRONT)))
    one = torch.ones_like(face)
    return torch.stack([nx, ny, nz, tx, ty, u, v, u_length * one, v_length * one, face])
