"""Which formula belongs to which material."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.world.raycast.light import Light
from engine.world.raycast.materials.arcade import arcade, lattice
from engine.world.raycast.materials.curtain import curtain, piers
from engine.world.raycast.materials.facade import masonry
from engine.world.raycast.materials.finish import Finish, Material
from engine.world.raycast.materials.ground import pavement, road
from engine.world.raycast.materials.iron import iron
from engine.world.raycast.materials.nature import foliage
from engine.world.raycast.materials.plain import lamp, metal, plain, stone, stripes, vehicle
from engine.world.raycast.materials.screens import screen, sign
from engine.world.raycast.surface import Surface

FORMULAS: Mapping[int, Callable[[Surface, Light], Finish]] = MappingProxyType(
    {
        Material.PLAIN: plain,
        Material.ROAD: road,
        Material.PAVEMENT: pavement,
        Material.MASONRY: masonry,
        Material.IRON: iron,
        Material.CURTAIN: curtain,
        Material.SCREEN: screen,
        Material.FOLIAGE: foliage,
        Material.LAMP: lamp,
        Material.STONE: stone,
        Material.SIGN: sign,
        Material.STRIPES: stripes,
        Material.VEHICLE: vehicle,
        Material.ARCADE: arcade,
        Material.PIERS: piers,
        Material.METAL: metal,
        Material.LATTICE: lattice,
        Material.BRANCH: plain,
    }
)
"""Open ground is not among them: it needs the scene's maps."""
