"""Where rays meet solids: for each kind of shape, the part of the ray that lies within it.

Every function takes `o` and `d`, three tensors each (origin and unit direction), and `p`, the columns of the
solids' geometry. All of them broadcast against each other. The result is `(enter, leave)` along the ray; the ray
misses where `enter >= leave`. Both may be negative: then the solid lies behind.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor

from engine.world.raycast.solids import Kind

Triple = Sequence[Tensor]
_STEPS = 48
_TINY = 1e-12
"""Keeps a ray along a face from dividing nought by nought."""


def box(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Slab test in the box's own axes."""
    cx, cy, cz, hx, hy, hz, cos, sin = p
    rx, ry = o[0] - cx, o[1] - cy
    across, deep = d[0] * cos + d[1] * sin, d[1] * cos - d[0] * sin
    inverse = 1 / (across + _TINY), 1 / (deep + _TINY), 1 / (d[2] + _TINY)
    middle = (rx * cos + ry * sin) * inverse[0], (ry * cos - rx * sin) * inverse[1], (o[2] - cz) * inverse[2]
    reach = inverse[0].abs() * hx, inverse[1].abs() * hy, inverse[2].abs() * hz
    enter = torch.maximum(torch.maximum(-middle[0] - reach[0], -middle[1] - reach[1]), -middle[2] - reach[2])
    leave = torch.minimum(torch.minimum(reach[0] - middle[0], reach[1] - middle[1]), reach[2] - middle[2])
    return enter, leave


def convex(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Clipping by one plane after the other."""
    r = o[0] - p[0], o[1] - p[1], o[2] - p[2]
    enter = leave = None
    for start in range(4, 44, 4):
        nx, ny, nz, offset = p[start : start + 4]
        across = nx * d[0] + ny * d[1] + nz * d[2] + _TINY
        t = (offset - nx * r[0] - ny * r[1] - nz * r[2]) / across
        going_in = torch.where(across < 0, t, -torch.inf)
        going_out = torch.where(across < 0, torch.inf, t)
        enter = going_in if enter is None else torch.maximum(enter, going_in)
        leave = going_out if leave is None else torch.minimum(leave, going_out)
    assert enter is not None
    assert leave is not None
    return enter, leave


def frustum(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Quadratic of the cone within the slab of its two ends."""
    fx, fy, fz, ax, ay, az, height, lower, upper = p
    rx, ry, rz = o[0] - fx, o[1] - fy, o[2] - fz
    along_o = rx * ax + ry * ay + rz * az
    along_d = d[0] * ax + d[1] * ay + d[2] * az + _TINY
    slope = (upper - lower) / height
    radius = lower + slope * along_o
    a = 1 - along_d * along_d * (1 + slope * slope)
    b = rx * d[0] + ry * d[1] + rz * d[2] - along_d * (along_o + slope * radius)
    c = rx * rx + ry * ry + rz * rz - along_o * along_o - radius * radius
    a = torch.where(a.abs() < 1e-7, 1e-7, a)
    square = b * b - a * c
    root = square.clamp_min(0).sqrt()
    first, second = (-b - root) / a, (-b + root) / a
    near, far = torch.minimum(first, second), torch.maximum(first, second)
    growing = slope * along_d > 0
    steep = a < 0
    enter = torch.where(steep, torch.where(growing, far, -torch.inf), near)
    leave = torch.where(steep, torch.where(growing, torch.inf, near), far)
    end0, end1 = -along_o / along_d, (height - along_o) / along_d
    enter = torch.maximum(enter, torch.minimum(end0, end1))
    leave = torch.minimum(leave, torch.maximum(end0, end1))
    return torch.where(square < 0, torch.inf, enter), leave


def ellipsoid(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Quadratic of the unit ball in the ellipsoid's own axes."""
    cx, cy, cz, rx, ry, rz, cos, sin = p
    ox, oy = o[0] - cx, o[1] - cy
    lo = (ox * cos + oy * sin) / rx, (oy * cos - ox * sin) / ry, (o[2] - cz) / rz
    ld = (d[0] * cos + d[1] * sin) / rx, (d[1] * cos - d[0] * sin) / ry, d[2] / rz
    a = ld[0] * ld[0] + ld[1] * ld[1] + ld[2] * ld[2]
    b = (lo[0] * ld[0] + lo[1] * ld[1] + lo[2] * ld[2]) / a
    # The distance of the line from the centre, not b * b - c: that difference loses all digits far away.
    ex, ey, ez = lo[0] - b * ld[0], lo[1] - b * ld[1], lo[2] - b * ld[2]
    square = (1 - ex * ex - ey * ey - ez * ez) / a
    root = square.clamp_min(0).sqrt()
    return torch.where(square < 0, torch.inf, -b - root), root - b


def capsule(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """The hull of its barrel and of the balls at its two ends."""
    sx, sy, sz, ax, ay, az, radius = p
    length = (ax * ax + ay * ay + az * az).sqrt()
    barrel = frustum(o, d, (sx, sy, sz, ax / length, ay / length, az / length, length, radius, radius))
    one, nought = torch.ones_like(radius), torch.zeros_like(radius)
    start = ellipsoid(o, d, (sx, sy, sz, radius, radius, radius, one, nought))
    end = ellipsoid(o, d, (sx + ax, sy + ay, sz + az, radius, radius, radius, one, nought))
    enter, leave = torch.full_like(start[0], torch.inf), torch.full_like(start[0], -torch.inf)
    for first, last in (barrel, start, end):
        hit = first < last
        enter = torch.where(hit, torch.minimum(enter, first), enter)
        leave = torch.where(hit, torch.maximum(leave, last), leave)
    return enter, leave


def torus(o: Triple, d: Triple, p: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Sphere tracing from the ball around it; `leave` is only a tube's width behind `enter`."""
    cx, cy, cz, ax, ay, az, ring, tube = p
    one, nought = torch.ones_like(ring), torch.zeros_like(ring)
    reach = ring + tube
    first, last = ellipsoid(o, d, (cx, cy, cz, reach, reach, reach, one, nought))
    t = torch.where(first < last, first.clamp_min(0), 0.0)
    gap = torch.full_like(t, torch.inf)
    for _ in range(_STEPS):
        rx, ry, rz = o[0] + t * d[0] - cx, o[1] + t * d[1] - cy, o[2] + t * d[2] - cz
        along = rx * ax + ry * ay + rz * az
        out = (rx * rx + ry * ry + rz * rz - along * along).clamp_min(0).sqrt() - ring
        gap = (out * out + along * along).sqrt() - tube
        t = t + gap
    hit = (first < last) & (gap < tube * 0.02) & (t < last)
    return torch.where(hit, t, torch.inf), t + tube


INTERVALS: Mapping[Kind, Callable[[Triple, Triple, Sequence[Tensor]], tuple[Tensor, Tensor]]] = (
    MappingProxyType(
        {
            "box": box,
            "convex": convex,
            "frustum": frustum,
            "ellipsoid": ellipsoid,
            "capsule": capsule,
            "torus": torus,
        }
    )
)
