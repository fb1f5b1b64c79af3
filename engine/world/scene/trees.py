"""Trees: a trunk and a few balls of leaves, as on an architect's model."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from engine.world.raycast.materials.finish import Material
from engine.world.raycast.palette import linear_table
from engine.world.raycast.solids import BEYOND, CLOSE, Look, Quarry
from engine.world.scene.liveries import livery_of

_BARK = Look(Material.PLAIN, "#6b5645")
_TWIGS = Look(Material.BRANCH, "#6b5645")
_LEAVES = Look(Material.FOLIAGE)


def plant(
    spots: Float[np.ndarray, "N 2"],
    height_m: Float[np.ndarray, "N"],
    quarry: Quarry,
    seed: int,
    neighbourhoods: Sequence[str] | None = None,
) -> None:
    """Trees of these heights, with the leaves of their neighbourhoods; from afar each is one ball."""
    if not len(spots):
        return
    rng = np.random.default_rng(seed)
    seeds = rng.integers(0, 1 << 15, len(spots))
    names = np.array(neighbourhoods if neighbourhoods is not None else [""] * len(spots))
    colour = np.zeros((len(spots), 3))
    for name in np.unique(names):
        leaves, mine = livery_of(name).leaves, names == name
        colour[mine] = linear_table(leaves)[seeds[mine] % len(leaves)]
    foot = np.column_stack([spots, np.zeros(len(spots))])
    up = height_m[:, None] * [0, 0, 1]
    lean = np.column_stack([rng.normal(0, 0.02, (len(spots), 2)), np.zeros(len(spots))]) * height_m[:, None]
    quarry.frustum(
        foot, foot + up * 0.55 + lean, 0.022 * height_m + 0.03, 0.012 * height_m, _BARK, level=CLOSE
    )
    for branch in range(6):
        # Leaves hide the branches until they fall.
        angle = rng.uniform(0, 2 * np.pi, len(spots))
        out = height_m * rng.uniform(0.13, 0.25, len(spots))
        start = foot + lean + up * (0.42 + 0.025 * branch)
        tip = foot + lean + up * rng.uniform(0.66, 0.92, len(spots))[:, None]
        tip = tip + np.column_stack([np.cos(angle) * out, np.sin(angle) * out, np.zeros(len(spots))])
        quarry.frustum(start, tip, 0.011 * height_m, 0.003 * height_m, _TWIGS, level=CLOSE, anchor=spots)
    for ball in range(4):
        angle = rng.uniform(0, 2 * np.pi, len(spots))
        out = height_m * rng.uniform(0.10, 0.20, len(spots)) * (ball > 0)
        radius = height_m * (
            rng.uniform(0.24, 0.30, len(spots)) if ball == 0 else rng.uniform(0.15, 0.22, len(spots))
        )
        middle = foot + lean + up * (0.68 if ball == 0 else 0)
        middle = middle + (ball > 0) * up * rng.uniform(0.54, 0.86, len(spots))[:, None]
        middle = middle + np.column_stack([np.cos(angle) * out, np.sin(angle) * out, np.zeros(len(spots))])
        tone = colour * rng.uniform(0.88, 1.12, (len(spots), 1))
        radii = np.column_stack([radius, radius, radius * 0.88])
        quarry.ellipsoid(middle, radii, _LEAVES, level=CLOSE, anchor=spots, colour=tone, seed=seeds)
    radii = np.column_stack([height_m * 0.34, height_m * 0.34, height_m * 0.36])
    quarry.ellipsoid(foot + up * 0.64, radii, _LEAVES, level=BEYOND, anchor=spots, colour=colour, seed=seeds)
