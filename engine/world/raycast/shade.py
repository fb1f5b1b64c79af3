"""Light on surfaces: sun, open sky, light from the street, mirrored sky, snow that lies, and air between."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from engine.world.raycast.camera import Camera
from engine.world.raycast.ground import openness
from engine.world.raycast.light import Light
from engine.world.raycast.materials.finish import Finish, Material
from engine.world.raycast.materials.ground import open_ground
from engine.world.raycast.materials.table import FORMULAS
from engine.world.raycast.noise import cloudy
from engine.world.raycast.scene import Floods, Scene
from engine.world.raycast.sky import gradient, hazed
from engine.world.raycast.surface import Surface


@dataclass(frozen=True)
class Hits:
    """Surfaces with their materials, and whether the sun is hidden from them."""

    surface: Surface
    material: Int[Tensor, "N"]
    dark: Bool[Tensor, "N"]


def shaded(hits: Hits, light: Light, scene: Scene, camera: Camera) -> Float[Tensor, "3 N"]:
    """Colour that reaches the camera."""
    colour, ground = torch.zeros(3, len(hits.dark), device=hits.dark.device), scene.ground
    # Patterns on the ground belong to the world, not to the camera that the solids are relative to.
    surface = _in_world(hits.surface, camera)
    openings = openness(ground, surface.east, surface.north, surface.up, surface.nx, surface.ny)
    table = surface.table
    lamps = _lamplight(surface, openings, light, scene.floods)
    for material in torch.unique(hits.material).tolist():
        index = (hits.material == material).nonzero()[:, 0]
        world = Surface(*table[:, index])
        if (formula := FORMULAS.get(material)) is None:
            finish = open_ground(world, light, ground)
        else:
            finish = formula(world, light)
        if light.snow:
            finish = _snowed(world, finish, material)
        colour[:, index] = _lit(
            world, finish, hits.dark[index], openings[index], light, material, lamps[index]
        )
    s = hits.surface
    return hazed(colour, torch.stack([s.dx, s.dy, s.dz]), s.distance, light)


def _in_world(s: Surface, camera: Camera) -> Surface:
    values = {name: getattr(s, name) for name in Surface.__dataclass_fields__}
    values["east"], values["north"] = s.east + camera.east_m, s.north + camera.north_m
    return Surface(**values)


def _snowed(s: Surface, finish: Finish, material: int) -> Finish:
    """Snow on whatever looks up; wheels and feet wear it off the roadway and the pavement."""
    patch = cloudy(s.east * 0.35, s.north * 0.35, 3)
    cover = ((s.nz - 0.35) * 2.2).clamp(0, 1)
    if material == Material.ROAD:
        lane = s.v_length / s.a.clamp_min(1)
        tracks = torch.cos(s.v / lane * 4 * math.pi) * 0.5 + 0.5
        cover = cover * (0.35 + 0.75 * patch + 0.35 * tracks - 0.2).clamp(0, 0.9)
    elif material == Material.PAVEMENT:
        cover = cover * (0.45 + 0.7 * patch).clamp(0, 0.95)
    elif material == Material.FOLIAGE:
        cover = ((s.nz + 0.15) * 1.1).clamp(0, 0.85) * (0.6 + 0.5 * patch)
    elif material == Material.GROUND and finish.gloss is not None:
        # Water mirrors, and carries no snow.
        cover = cover * (1 - finish.gloss * 20).clamp(0, 1)
    else:
        # A thin rim lies on sills and ledges.
        cover = cover * 0.95
    white = torch.tensor([0.86, 0.88, 0.92], device=s.up.device)[:, None]
    albedo = finish.albedo + (white - finish.albedo) * cover
    gloss = None if finish.gloss is None else finish.gloss * (1 - cover)
    return Finish(albedo, finish.glow, gloss, finish.ruffle)


def _lit(
    s: Surface,
    finish: Finish,
    dark: Tensor,
    open_to_sky: Tensor,
    light: Light,
    material: int,
    lamps: Tensor,
) -> Float[Tensor, "3 N"]:
    """Light that leaves the surface towards the camera."""
    nx, ny, nz = s.nx, s.ny, s.nz
    if finish.ruffle is not None:
        nx, ny = nx + finish.ruffle[0], ny + finish.ruffle[1]
        length = (nx * nx + ny * ny + nz * nz).rsqrt()
        nx, ny, nz = nx * length, ny * length, nz * length
    facing = nx * light.sun[0] + ny * light.sun[1] + nz * light.sun[2]
    if material == Material.FOLIAGE:
        facing = (facing + 0.25) / 1.25
    sun = torch.where(dark, 0.0, facing.clamp_min(0))
    corner = _corner(s)
    near_sky = open_to_sky * corner * (0.74 + 0.36 * nz)
    bounce = (0.5 - 0.42 * nz) * (0.35 + 0.65 * open_to_sky) * corner
    rays_in = []
    for i, warm in enumerate((1.0, 0.85, 0.66)):
        ground_light = (
            light.sun_colour[i] * max(light.sun[2], 0.0) * 0.30 + light.ambient[i] * 0.30
        ) * bounce
        rays_in.append(light.sun_colour[i] * sun + light.ambient[i] * near_sky + ground_light + warm * lamps)
    colour = finish.albedo * torch.stack(rays_in)
    if finish.gloss is not None:
        colour = colour + (_mirrored(s, nx, ny, nz, open_to_sky, light) - colour * 0.5) * finish.gloss
    return colour if finish.glow is None else colour + finish.glow


def _lamplight(s: Surface, open_to_sky: Tensor, light: Light, floods: Floods | None) -> Float[Tensor, "N"]:
    """Light of lamps by night: of the street, more where houses stand close, and of floods at a landmark's foot."""
    lamps = torch.exp(-s.up / 11.0) * (0.12 + 0.62 * (1 - open_to_sky)) * _corner(s)
    if floods:
        # They shine upwards: walls and undersides get their light, roofs and lawns none.
        away = torch.hypot(s.east, s.north) / floods.radius_m
        lamps = lamps + 0.6 * (1 - s.nz).clamp(0, 1) * torch.exp(-s.up / floods.height_m - away**4)
    return lamps * light.night


def _corner(s: Surface) -> Float[Tensor, "N"]:
    """Share of the light that reaches a wall, which is less at its foot."""
    return 1 - 0.34 * (1 - s.nz.abs()) * torch.exp(-s.up / 1.1)


def _mirrored(s: Surface, nx: Tensor, ny: Tensor, nz: Tensor, open_to_sky: Tensor, light: Light) -> Tensor:
    """What a smooth surface shows: the sky, or the houses opposite where the street is deep."""
    twice = 2 * (s.dx * nx + s.dy * ny + s.dz * nz)
    rx, ry, rz = s.dx - twice * nx, s.dy - twice * ny, s.dz - twice * nz
    rz = rz.abs()
    seen = gradient(torch.stack([rx, ry, rz]), light)
    skyline = (1 - open_to_sky).clamp(0, 0.9) * 0.9
    blocked = ((skyline - rz) * 5 + 0.5).clamp(0, 1)
    return torch.stack(
        [
            seen[i]
            + (
                light.ambient[i] * 0.30
                + light.sun_colour[i] * 0.04
                + light.night * (0.05 + 0.3 * light.wet) * warm
                - seen[i]
            )
            * blocked
            for i, warm in enumerate((1.0, 0.7, 0.4))
        ]
    )
