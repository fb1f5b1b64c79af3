"""Liveries: the colours and habits that the houses of a neighbourhood share, so that it is known at sight.

A picture may show nothing but one front, or a pavement, or the lamps along a kerb: each of them tells where it is.
Simplified from how the places look, and stronger than they are, as on a model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from engine.world.raycast.materials.finish import Flag
from engine.world.scene.manners import Front

Lamp = Literal["arm", "globe", "lantern"]
Walls = Mapping[Front, tuple[str, ...]]
Numbers = tuple[float, float, float, float]
_NO_HABITS = Flag(0)


@dataclass(frozen=True)
class Livery:
    """What is the neighbourhood's own; empty fields leave a thing as it is anywhere."""

    walls: Walls = field(default_factory=dict)
    """Colours by kind of front."""
    trim: tuple[str, ...] = ()
    """Sills, cornices, frames, shop fronts and fire escapes: one colour for each house."""
    habits: Flag = _NO_HABITS
    """Features of its masonry fronts."""
    windows: Mapping[Front, Numbers] = field(default_factory=dict)
    """Height of a floor, width of a bay, shares of both that a window takes."""
    awnings: tuple[str, ...] = ("#2f6b4a", "#8c2f2b", "#2c4f7c", "#c9a23c", "#3a3a3a", "#b5552f")
    doors: tuple[str, ...] = ("#2b3a2f", "#5a2320", "#1f2f45", "#3b2a20", "#7a2f28", "#274a44")
    signs: tuple[str, ...] = ("#b3231c", "#d8a21f", "#1f6b45", "#e9e2cf", "#c7372b", "#23518f", "#e0b43a")
    banner: tuple[str, str] | None = None
    """Colours of the banner on each lamp: the field, and the bar at its foot."""
    lamp: Lamp = "arm"
    pavement: tuple[str, str] = ("#aea498", "#aea498")
    """Colours of most flagstones and of the others."""
    flagstones: tuple[float, float, float] = (1.6, 1.0, 0.0)
    """Width of one in metres, its length in widths, share of the others."""
    setts: str = "#7c776f"
    """Colour of cobbles, where there are any."""
    lane: str | None = None
    """Paint of the lane beside the parked cars."""
    leaves: tuple[str, ...] = ("#6f8a45", "#7d9a4e", "#5f7f42", "#8aa257", "#6a8450", "#93a65a")


PLAIN = Livery()
LIVERIES: Mapping[str, Livery] = MappingProxyType(
    {
        "Battery Park": Livery(
            {"brick": ("#cf8a5c", "#d69468", "#c67f54"), "limestone": ("#e8c9a0", "#e2bf94"),
             "tower": ("#dba878", "#d39c6c"), "glass": ("#9fc4c0", "#b0d0c8")},
            trim=("#f3ead8",), habits=Flag.BANDS, awnings=("#2f7f86",), banner=("#1f8a8c", "#f2efe2"),
            lamp="globe", pavement=("#d8a184", "#b97a62"), flagstones=(0.5, 1.0, 0.35), leaves=("#88a860", "#97b56c"),
        ),
        "Financial District": Livery(
            {"limestone": ("#8d9197", "#7f848b", "#9aa0a6"), "tower": ("#878c94", "#747a83", "#999fa6", "#6a6f78"),
             "glass": ("#4d6078", "#42556e", "#5b7088"), "concrete": ("#767a80",)},
            trim=("#4a4436", "#5a5038"), windows={"limestone": (3.9, 1.9, 0.36, 0.62)},
            awnings=("#1d2a44",), banner=("#16264a", "#c9a24a"), pavement=("#5f646b", "#83898f"),
            flagstones=(2.4, 1.5, 0.2), setts="#55575a", leaves=("#7d9150",),
        ),
        "Tribeca": Livery(
            {"warehouse": ("#d9b36c", "#cfa55c", "#e0c080", "#c89a58"), "cast_iron": ("#d8cfae", "#cabf9c"),
             "glass": ("#8b97a0",), "tower": ("#d2b47c",)},
            trim=("#24262a", "#2d3136"), habits=Flag.ARCHED, awnings=("#33373c",), banner=("#2b2f36", "#e0b85c"),
            lamp="lantern", pavement=("#7f93a6", "#6b7f92"), flagstones=(2.0, 1.6, 0.35), setts="#6f7f92",
        ),
        "Civic Center": Livery(
            {"limestone": ("#f0ece2", "#e8e2d4"), "concrete": ("#d9d4c6",), "tower": ("#ece6d8", "#e2dac8")},
            trim=("#c9c2b0",), banner=("#3c5f8f", "#e8e2d4"), lamp="globe", pavement=("#cfc8b6", "#b8b09c"),
        ),
        "SoHo": Livery(
            {"cast_iron": ("#f6f1e6", "#efe9dc", "#dfe8ea", "#f3ead2", "#e3ded4"), "brick": ("#d8d0c4", "#c9c0b4"),
             "tower": ("#e6dfd0",)},
            trim=("#1f2326", "#3a3f42"), awnings=("#2a2c2e",), banner=("#111316", "#f4f1ea"),
            pavement=("#c4c6c8", "#d6d8d8"), flagstones=(2.2, 1.0, 0.3), setts="#9a9c9e", leaves=("#86985a",),
        ),
        "Little Italy": Livery(
            {"tenement": ("#d98f5a", "#e0a068", "#c97a4c", "#d9a878"), "brick": ("#cf8450",)},
            trim=("#2e7d4a",), awnings=("#2e8b4f", "#c8352e", "#f0eee6"), banner=("#2e8b4f", "#c8352e"),
            pavement=("#bda892", "#a88f78"), flagstones=(1.2, 1.0, 0.3),
        ),
        "Chinatown": Livery(
            {"tenement": ("#d9b6a0", "#e2c48c", "#c98f7c", "#e0cfae", "#cf7f6a"), "brick": ("#d4a184", "#c98a74"),
             "concrete": ("#d8c6ae",), "tower": ("#d9c0a0",)},
            trim=("#c0241c", "#b01f1a"), awnings=("#d22a20", "#e0b022", "#1f7f4a"),
            signs=("#d22a20", "#e8b422", "#d22a20", "#1f7a45", "#f0ead8"), banner=("#cf221b", "#f0bf2e"),
            pavement=("#b5897f", "#9a6d66"), flagstones=(1.1, 1.0, 0.3),
        ),
        "Lower East Side": Livery(
            {"tenement": ("#c79a4a", "#d3a95c", "#b98a40", "#d8b670"), "brick": ("#c4954c",),
             "concrete": ("#c6a468",), "tower": ("#cda660",)},
            trim=("#2f6f54", "#3a7d60"), awnings=("#d8632f", "#2f6f54"), banner=("#e0672a", "#f2e2b0"),
            pavement=("#c4b07c", "#ae9864"), flagstones=(1.8, 1.0, 0.25), leaves=("#8f9f4a",),
        ),
        "East Village": Livery(
            {"tenement": ("#3f8f92", "#d08a2e", "#8a5f9c", "#cf6250", "#4f86b5", "#6f9a52"),
             "brick": ("#d77a66", "#4b9a9a", "#e0a63e", "#7d6aa6", "#c85a6a"), "tower": ("#8f86a8",)},
            trim=("#7a35a8", "#f2c12e"), habits=Flag.MURAL, awnings=("#7a3fa0", "#e0a21f", "#1f8f8a", "#d0405a"),
            signs=("#7a3fa0", "#1f8f8a", "#e0a21f", "#d0405a"), banner=("#6f3fa5", "#35b5a5"),
            pavement=("#9c9aa2", "#7d7b88"), flagstones=(1.3, 1.0, 0.35), lane="#5a4a8f", leaves=("#7da04c", "#6a9448"),
        ),
        "Greenwich Village": Livery(
            {"brick": ("#e39a80", "#dc8c72", "#eab09a", "#d98470"), "limestone": ("#f0d2c0", "#eac6b2"),
             "brownstone": ("#c98872",), "tower": ("#e0ae98", "#d89c86")},
            trim=("#fbf3e4",), habits=Flag.SHUTTERS | Flag.BANDS, awnings=("#5a3f86", "#eee6d8"),
            doors=("#26412f", "#1c1f22"), banner=("#5b2f8a", "#efe8f4"), lamp="lantern",
            pavement=("#b0614a", "#c27a60"), flagstones=(0.42, 2.0, 0.4), leaves=("#a9b84a", "#98ad44", "#b6c158"),
        ),
        "West Village": Livery(
            {"brick": ("#7a2720", "#6c211c", "#862e26"), "brownstone": ("#6a3026",), "tower": ("#7d352c",)},
            trim=("#f6f3ec",), habits=Flag.IVY, windows={"brick": (3.0, 1.75, 0.40, 0.52)},
            doors=("#1f6b4a", "#14508a", "#d8b12e"), awnings=("#1f5f46",), banner=("#1d6b45", "#f2ecd8"),
            lamp="lantern", pavement=("#7d7a86", "#5f5c68"), flagstones=(1.9, 1.4, 0.4), setts="#8a6a56",
            leaves=("#3f6b34", "#4a7838", "#35602f"),
        ),
        "Chelsea": Livery(
            {"warehouse": ("#6e3a34", "#5f312d", "#7d453c"), "brick": ("#7a4038", "#6a3832"),
             "glass": ("#9fb5a6", "#8aa595"), "tower": ("#84554a",)},
            trim=("#3f9a62", "#4aa66c"), habits=Flag.PANES,
            windows={"warehouse": (4.6, 4.2, 0.78, 0.68), "brick": (4.0, 3.2, 0.7, 0.62)},
            awnings=("#3f9a62",), banner=("#7cc142", "#1f2a22"), pavement=("#dedcd4", "#c9c7be"),
            flagstones=(3.0, 1.0, 0.25), lane="#3f9d5a", leaves=("#9db86a",),
        ),
        "Flatiron District": Livery(
            {"limestone": ("#dcae7c", "#d2a06c", "#e2bc90"), "cast_iron": ("#d9c08e",),
             "tower": ("#d8ac7c", "#cb9c6a")},
            trim=("#5f9484",), banner=("#b5642a", "#f2e6cc"), pavement=("#b8ab98", "#9c8f7c"),
        ),
        "Gramercy": Livery(
            {"brownstone": ("#9a5f48", "#8a5340"), "brick": ("#a8604c", "#b5705a"), "white_brick": ("#e6ddc8",),
             "tower": ("#c9a283",)},
            trim=("#e6dac2",), habits=Flag.IVY | Flag.BANDS, awnings=("#274a36",), banner=("#2c5a3c", "#d9b24a"),
            lamp="lantern", pavement=("#8d949a", "#7a8188"), leaves=("#4f7a3c", "#5c8644"),
        ),
        "Murray Hill": Livery(
            {"white_brick": ("#f2eee4", "#e9e6e0"), "brownstone": ("#a07058",), "glass": ("#a8b8c4",),
             "tower": ("#e4dccb",)},
            trim=("#7f8ea0",), awnings=("#2d4f86",), banner=("#2d4f86", "#e6e9ee"), pavement=("#bcb8b2", "#aaa6a0"),
        ),
        "Midtown": Livery(
            {"glass": ("#4fa3b5", "#3f93a8", "#62b3c0", "#3a86a0"), "limestone": ("#cdd3d2", "#c2c9c9"),
             "concrete": ("#b8c4c6",), "tower": ("#c6cfd0", "#b4c0c4", "#d3dada")},
            trim=("#2f5d6c",), awnings=("#1f5f7a",), banner=("#1aa0c4", "#f4f7f8"), pavement=("#c2ccd2", "#aab6be"),
            flagstones=(2.6, 1.0, 0.3), lane="#b3503c", leaves=("#7fa060",),
        ),
        "Times Square": Livery(
            {"screens": ("#39344a", "#2f2b40", "#453f58"), "glass": ("#3d3a52", "#4a4662"), "tower": ("#4f4a60",)},
            trim=("#1c1a26",), awnings=("#d81f5a", "#1f6fd8"), signs=("#e01f5a", "#1f8fe0", "#f0c21f", "#8a1fe0"),
            banner=("#e0195f", "#1fb4e8"), pavement=("#45404f", "#6a6478"), flagstones=(0.8, 2.0, 0.3), lane="#7a3f9a",
        ),
        "Hell's Kitchen": Livery(
            {"tenement": ("#b5583c", "#c46a48", "#a84f36"), "brick": ("#b0603f",), "glass": ("#7f8fa8",),
             "tower": ("#b08a70",)},
            trim=("#e8c890",), awnings=("#1f3f6f",), banner=("#c23a22", "#1f2f4a"), pavement=("#a09a90", "#8a847a"),
        ),
        "Upper East Side": Livery(
            {"limestone": ("#f6ecd2", "#f0e4c4", "#faf2de"), "white_brick": ("#fbf6ea", "#f2ecdc"),
             "brownstone": ("#e8d6b4", "#e0cca6"), "tower": ("#f3e7cb", "#eadcba")},
            trim=("#fffaf0", "#1f2a24"), windows={"limestone": (3.7, 2.3, 0.40, 0.60)}, awnings=("#14532f",),
            doors=("#14171a",), banner=("#14532f", "#e6c860"), lamp="globe", pavement=("#e6dabc", "#cbbd98"),
            flagstones=(0.9, 1.0, 0.4), leaves=("#4f8a3a", "#5c9844"),
        ),
        "Upper West Side": Livery(
            {"brownstone": ("#c08a52", "#b57d46", "#cc9a64"), "limestone": ("#d3a878", "#c99a68"),
             "brick": ("#b3663c", "#a85c34"), "tower": ("#cf9f6c", "#c08e5a", "#b5835a")},
            trim=("#5f9c86", "#6aa892"), habits=Flag.BANDS, awnings=("#7a2f2a", "#5f9c86"),
            banner=("#23487f", "#e09a3c"), pavement=("#b89a76", "#a3855f"), flagstones=(1.7, 1.0, 0.3), lane="#4a9a6a",
            leaves=("#6f8f3f", "#7d9c48"),
        ),
        "East Harlem": Livery(
            {"tenement": ("#d9633c", "#e08a3f", "#4f9fa8", "#d9a03c"), "concrete": ("#c97a55", "#b86a48"),
             "tower": ("#c07a58",)},
            trim=("#f3d96a", "#3a7fa0"), habits=Flag.MURAL, awnings=("#e0bf2a", "#2a8fb0"),
            banner=("#f0b41f", "#1f7fb0"), pavement=("#a8a49c", "#918d84"),
        ),
        "Harlem": Livery(
            {"brownstone": ("#5a3226", "#4f2a20", "#663a2c", "#4a2a22"), "tenement": ("#64382c", "#70402f"),
             "brick": ("#6a3a2c",), "tower": ("#7d5a48",)},
            trim=("#3a211a", "#2f1a15"), habits=Flag.BANDS, windows={"brownstone": (3.9, 2.2, 0.42, 0.64)},
            doors=("#a8741f", "#7a1f2f"), awnings=("#8f1f2f", "#c98f1f"), banner=("#a81f33", "#e6ae24"),
            pavement=("#8a7668", "#75614f"), flagstones=(1.5, 1.0, 0.3), leaves=("#93a832", "#a3b53c", "#84992e"),
        ),
        "Morningside Heights": Livery(
            {"limestone": ("#d9cfae", "#cfc49f"), "brick": ("#b58a5c",), "tower": ("#d3c6a2",)},
            trim=("#5f7f9a",), banner=("#6fa3cf", "#f0f3f6"), pavement=("#b0a894", "#9a927e"),
        ),
        "Hamilton Heights": Livery(
            {"brownstone": ("#a04a34", "#b5583e"), "limestone": ("#ecdcb8",), "tenement": ("#a85f48",)},
            trim=("#e6cf9a",), banner=("#7a2f5f", "#e6cf9a"), pavement=("#9c8a7c", "#887668"),
        ),
        "Washington Heights": Livery(
            {"brick": ("#cdb07a", "#d8bd8a"), "tenement": ("#b89a68",)}, trim=("#7a4a2f",),
            banner=("#1f6fae", "#d83a2f"), pavement=("#a69e92", "#8f877b"),
        ),
        "Inwood": Livery(
            {"brick": ("#b86f4f", "#c47d5a"), "tenement": ("#a8603f",)}, trim=("#e9dfc6",),
            banner=("#2f7a3f", "#f0e9cf"), pavement=("#9f9a8c", "#8a8577"),
        ),
    }
)  # fmt: skip


def livery_of(neighbourhood: str) -> Livery:
    """The neighbourhood's livery, or a plain one where it has none."""
    return LIVERIES.get(neighbourhood, PLAIN)
