"""Manners: how each kind of facade is drawn, in colours and measures, before a neighbourhood makes it its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from engine.world.plan.elements import Facade
from engine.world.raycast.materials.finish import Flag, Material

Front = Facade | Literal["tower"]
"""A kind of facade, or masonry higher than 60 m."""


@dataclass(frozen=True)
class Manner:
    """How a kind of facade is drawn, where its neighbourhood's livery says nothing else."""

    key: Front
    material: Material
    colours: tuple[str, ...]
    numbers: tuple[float, float, float, float]
    flags: Flag


_NONE = Flag(0)
MANNERS: Mapping[Facade, Manner] = MappingProxyType(
    {
        "brick": Manner(
            "brick", Material.MASONRY,
            ("#a25a48", "#96513f", "#ad6c55", "#87483a", "#bd8a70", "#ddd2c0", "#ae9784", "#c9ab94"),
            (3.3, 2.05, 0.46, 0.54), Flag.BRICK | Flag.STOOP | Flag.PARTY_WALLS,
        ),
        "tenement": Manner(
            "tenement", Material.MASONRY,
            ("#a65a45", "#bb8860", "#cdb28c", "#8f4c3c", "#b4705a", "#d6c3a4", "#9c6450", "#b69a78"),
            (3.3, 1.95, 0.44, 0.55), Flag.BRICK | Flag.ESCAPES | Flag.PARTY_WALLS | Flag.BANDS,
        ),
        "brownstone": Manner(
            "brownstone", Material.MASONRY,
            ("#8a5a44", "#7d4f3d", "#966650", "#a3705a", "#84584a", "#9c7358"),
            (3.6, 2.0, 0.46, 0.58), Flag.STOOP | Flag.PARTY_WALLS | Flag.BANDS,
        ),
        "cast_iron": Manner(
            "cast_iron", Material.IRON,
            ("#efe7d8", "#e6dccb", "#dcd8cf", "#f2ebdd", "#cfd3cf", "#e9dcc0", "#c9b8a4", "#b9c4c2"),
            (4.7, 2.5, 0.74, 0.0), Flag.PARTY_WALLS,
        ),
        "limestone": Manner(
            "limestone", Material.MASONRY,
            ("#e4d9c2", "#d8cbb2", "#cfc0a6", "#ddd0ba", "#c9b69a", "#d5c3a8", "#c4a98a"),
            (3.5, 2.5, 0.44, 0.54), Flag.BANDS,
        ),
        "white_brick": Manner(
            "white_brick", Material.MASONRY,
            ("#ece7dd", "#e3ddd1", "#dcd6c9", "#e9e0cf", "#d8cfc0", "#cbb8a2"),
            (3.0, 3.4, 0.58, 0.48), Flag.BALCONIES,
        ),
        "glass": Manner(
            "glass", Material.CURTAIN,
            ("#7f9fb4", "#6f93a6", "#8fb0bd", "#5f7f97", "#93a9b0", "#7aa0a0", "#a3b4bd", "#6b7f90"),
            (3.9, 1.6, 0.26, 0.52), _NONE,
        ),
        "concrete": Manner(
            "concrete", Material.MASONRY,
            ("#c4b8a6", "#b9ab9a", "#cbbfae", "#b0a494", "#c9a88c", "#a8806a"),
            (3.0, 2.9, 0.48, 0.46), _NONE,
        ),
        "warehouse": Manner(
            "warehouse", Material.MASONRY,
            ("#844838", "#714234", "#8f5744", "#99664f", "#684238", "#ab8369", "#816657"),
            (4.3, 3.5, 0.66, 0.62), Flag.BRICK | Flag.ARCHED | Flag.PARTY_WALLS,
        ),
        "screens": Manner(
            "screens", Material.CURTAIN,
            ("#5f6f7d", "#6d7884", "#4f5d6b", "#78858f"),
            (4.0, 1.8, 0.3, 0.40), _NONE,
        ),
    }
)  # fmt: skip
TOWER = Manner(
    "tower", Material.PIERS,
    ("#e2d3b8", "#d6c3a4", "#cdb596", "#dccdb6", "#c7a983", "#d9c7ab", "#bfa083", "#e8dcc6"),
    (3.7, 2.7, 0.46, 0.62), _NONE,
)  # fmt: skip
"""Masonry higher than 60 m: piers of stone, whatever the street below is built of."""
