"""Rendering a radiance field: rays through the cube, samples where something may be seen, light, background."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from engine.landmark import volume
from engine.landmark.camera import Camera, Pose, rays
from engine.landmark.fields.field import Field
from engine.landmark.occupancy import Occupancy

NormalsBy = Literal["analytic", "finite"]
"""Exact, for fields that can be differentiated twice where a loss depends on them; or by differences, for any field."""
_DIFFERENCE = 1 / 64
_HIDDEN = 1e-3
"""What less than this share of the light reaches is not looked at."""


@dataclass(frozen=True)
class Lambert:
    """Light on a matt surface: some from everywhere, the rest from one lamp far away."""

    towards: tuple[float, float, float]
    """Direction of the lamp, of length 1: east, north, up."""
    ambient: float = 0.3
    """Share of the light that comes from everywhere."""
    textureless: bool = False
    """White instead of the albedo, so that only the shape is seen (DreamFusion)."""

    def shaded(self, albedo: Float[Tensor, "M 3"], normals: Float[Tensor, "M 3"]) -> Float[Tensor, "M 3"]:
        """albedo (ambient + (1 - ambient) max(0, n l))."""
        facing = (normals @ normals.new_tensor(self.towards)).clamp_min(0)[:, None]
        surface = torch.ones_like(albedo) if self.textureless else albedo
        return surface * (self.ambient + (1 - self.ambient) * facing)


@dataclass(frozen=True, eq=False)
class Samples:
    """What was looked at along N rays of K stretches each, for regularisers; M of the N K samples were worth it."""

    weights: Float[Tensor, "N K"]
    distance: Float[Tensor, "N K"]
    """From the rays' origins."""
    lengths: Float[Tensor, "N 1"]
    """Of each ray's stretches."""
    ray: Int[Tensor, " M"]
    """Whose sample it is; rays in order, each from front to back."""
    points: Float[Tensor, "M 3"]
    density: Float[Tensor, " M"]
    seen: Float[Tensor, " M"]
    """The samples' own weights."""
    normals: Float[Tensor, "M 3"] | None


@dataclass(frozen=True, eq=False)
class Rendered:
    """What N rays see."""

    colour: Float[Tensor, "N 3"]
    opacity: Float[Tensor, " N"]
    depth: Float[Tensor, " N"]
    """Mean distance at which a ray ends; a ray that nothing stops ends where it leaves the cube."""
    normals: Float[Tensor, "N 3"] | None
    """Mean outward normal, shorter than 1 where normals disagree or the background shines through."""
    samples: Samples


@dataclass(frozen=True, eq=False)
class Look:
    """What a camera sees, as pictures."""

    colour: Float[Tensor, "H W 3"]
    opacity: Float[Tensor, "H W"]
    depth: Float[Tensor, "H W"]
    normals: Float[Tensor, "H W 3"] | None


def render(
    field: Field,
    rays_o: Float[Tensor, "N 3"],
    rays_d: Float[Tensor, "N 3"],
    *,
    num_samples: int = 64,
    generator: torch.Generator | None = None,
    occupancy: Occupancy | None = None,
    background: Float[Tensor, "*#N 3"] | None = None,
    normals: NormalsBy | None = None,
    lambert: Lambert | None = None,
    skip_hidden: bool = True,
) -> Rendered:
    """What the rays see of the field before the background (one colour, or one for each ray; none is black).

    Each ray is cut into `num_samples` equal stretches between its ends in the cube, and looked at in the middle of
    each; a `generator` moves a ray's samples together by a random part of a stretch. What `occupancy` calls empty is
    left out, and with `skip_hidden` what lies behind something opaque. `normals` are worked out only if asked for, or
    for `lambert`, which then takes the exact ones.
    """
    near, far = intersect_cube(rays_o, rays_d)
    lengths = ((far - near) / num_samples)[:, None]
    shift = 0.5 if generator is None else torch.rand(len(rays_o), 1, generator=generator).to(lengths)
    distance = near[:, None] + (torch.arange(num_samples, device=lengths.device) + shift) * lengths  # (N, K)
    number, points = _candidates(rays_o, rays_d, distance, lengths, occupancy)
    if skip_hidden:
        reached = _reached(field, points, number, distance, lengths)
        number, points = number[reached], points[reached]
    ray = number // num_samples

    density, colour = field(points)
    if lambert and not normals:
        normals = "analytic"
    outward = outward_normals(field, points, normals) if normals else None
    if lambert and outward is not None:
        colour = lambert.shaded(colour, outward)
    weights = volume.weights(_spread(density, number, distance), lengths)
    seen = weights.reshape(-1)[number]
    opacity = volume.opacity(weights)
    picture = _summed(seen, colour, ray, len(rays_o))
    if background is not None:
        picture = picture + (1 - opacity)[:, None] * background
    return Rendered(
        colour=picture,
        opacity=opacity,
        depth=volume.depth(weights, distance, far),
        normals=None if outward is None else _summed(seen, outward, ray, len(rays_o)),
        samples=Samples(weights, distance, lengths, ray, points, density, seen, outward),
    )


@torch.no_grad()
def render_look(
    field: Field,
    camera: Camera | Pose,
    width_px: int,
    height_px: int,
    background: Float[Tensor, "3"] | None = None,
    *,
    num_samples: int = 64,
    occupancy: Occupancy | None = None,
    normals: NormalsBy | None = None,
    lambert: Lambert | None = None,
    skip_hidden: bool = True,
    device: torch.device | str = "cpu",
    chunk_rays: int = 4096,
) -> Look:
    """What the camera sees, without gradients; `device` is the field's.

    No more than `chunk_rays` rays are under way at once.
    """
    rays_o, rays_d = (each.to(device) for each in rays(camera, width_px, height_px))
    pieces = [
        render(
            field,
            origins,
            directions,
            num_samples=num_samples,
            occupancy=occupancy,
            background=background,
            normals=normals,
            lambert=lambert,
            skip_hidden=skip_hidden,
        )
        for origins, directions in zip(rays_o.split(chunk_rays), rays_d.split(chunk_rays), strict=True)
    ]
    size = (height_px, width_px)
    outward = [piece.normals for piece in pieces if piece.normals is not None]
    return Look(
        colour=torch.cat([piece.colour for piece in pieces]).view(*size, 3),
        opacity=torch.cat([piece.opacity for piece in pieces]).view(size),
        depth=torch.cat([piece.depth for piece in pieces]).view(size),
        normals=torch.cat(outward).view(*size, 3) if outward else None,
    )


def render_picture(
    field: Field,
    camera: Camera | Pose,
    width_px: int,
    height_px: int,
    background: Float[Tensor, "3"] | None = None,
    *,
    num_samples: int = 64,
    occupancy: Occupancy | None = None,
    device: torch.device | str = "cpu",
) -> Float[Tensor, "H W 3"]:
    """The camera's picture in the field's own colours, without gradients; `device` is the field's."""
    return render_look(
        field,
        camera,
        width_px,
        height_px,
        background,
        num_samples=num_samples,
        occupancy=occupancy,
        device=device,
    ).colour


def intersect_cube(
    rays_o: Float[Tensor, "N 3"], rays_d: Float[Tensor, "N 3"]
) -> tuple[Float[Tensor, " N"], Float[Tensor, " N"]]:
    """Distances at which rays enter and leave the cube: equal where they miss it, never behind their origins."""
    inverse = 1 / torch.where(rays_d.abs() < 1e-9, 1e-9, rays_d)
    middle, reach = -rays_o * inverse, inverse.abs()
    near = (middle - reach).amax(-1).clamp_min(0)
    return near, torch.maximum((middle + reach).amin(-1), near)


def outward_normals(field: Field, points: Float[Tensor, "M 3"], by: NormalsBy) -> Float[Tensor, "M 3"]:
    """Unit vectors against the density's gradient; 0 where the density is the same all around.

    Differences span 1/32 of the cube's half edge.
    """
    if by == "finite":
        steps = torch.eye(3, device=points.device, dtype=points.dtype) * _DIFFERENCE
        around = torch.cat([points[:, None] + steps, points[:, None] - steps], dim=1)  # (M, 6, 3)
        ahead, behind = field.density(around.reshape(-1, 3)).view(-1, 2, 3).unbind(1)
        return functional.normalize(behind - ahead, dim=-1)
    keep = torch.is_grad_enabled()
    with torch.enable_grad():
        leaf = points.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(field.density(leaf).sum(), leaf, create_graph=keep)
    return functional.normalize(-gradient, dim=-1)


def _candidates(
    rays_o: Float[Tensor, "N 3"],
    rays_d: Float[Tensor, "N 3"],
    distance: Float[Tensor, "N K"],
    lengths: Float[Tensor, "N 1"],
    occupancy: Occupancy | None,
) -> tuple[Int[Tensor, " M"], Float[Tensor, "M 3"]]:
    """Numbers within (N, K) of the samples that are in the cube where something may be, and their points."""
    inside = (lengths > 0).expand_as(distance)
    points = torch.addcmul(rays_o[:, None], rays_d[:, None], distance[..., None]).clamp_(-1, 1)  # (N, K, 3)
    if occupancy is not None:
        inside = inside & occupancy.at(points)
    number = inside.reshape(-1).nonzero()[:, 0]
    return number, points.reshape(-1, 3)[number]


@torch.no_grad()
def _reached(
    field: Field,
    points: Float[Tensor, "M 3"],
    number: Int[Tensor, " M"],
    distance: Float[Tensor, "N K"],
    lengths: Float[Tensor, "N 1"],
) -> Bool[Tensor, " M"]:
    """Which samples light can reach.

    A first look at the densities alone costs less than it saves: of a ray's way through a solid thing only the first
    few samples matter.
    """
    density = _spread(field.density(points), number, distance)
    return volume.transmittance(density, lengths).reshape(-1)[number] > _HIDDEN


def _spread(
    values: Float[Tensor, " M"], number: Int[Tensor, " M"], like: Float[Tensor, "N K"]
) -> Float[Tensor, "N K"]:
    """The samples' values in their places, 0 where none was taken."""
    return values.new_zeros(like.numel()).scatter(0, number, values).view_as(like)


def _summed(
    seen: Float[Tensor, " M"], values: Float[Tensor, "M C"], ray: Int[Tensor, " M"], count: int
) -> Float[Tensor, "N C"]:
    """Weighted sum of the samples' values along each ray."""
    return values.new_zeros(count, values.shape[1]).index_add(0, ray, seen[:, None] * values)
