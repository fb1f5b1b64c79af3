"""Retrieval: how far from where a photo was taken a judge finds it, and whether it knows its words from others'."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from engine.diffusion.belonging import tiles
from engine.diffusion.photo_places import PhotoPlaces
from engine.evaluation.gps_clip.card import GpsClipCard
from engine.evaluation.gps_clip.eyes import normalised
from engine.evaluation.gps_clip.judge import unit_places
from engine.evaluation.gps_clip.learning import Examples
from engine.evaluation.gps_clip.network import GpsClipNetwork
from engine.geo import ellipsoid
from engine.geo.region import Box

_CELLS = 4096
_BATCH = 256


Degrees = tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"]]
"""Latitudes and longitudes."""


def visited_cells(box: Box, photos: PhotoPlaces, count: int = _CELLS) -> Degrees:
    """Centres of those of about `count` equal cells of a box in which, or beside which, photos were taken."""
    cells = tiles(box, count)
    centres = [cell.centre for cell in cells]
    reach_m = max(cells[0].width_m, cells[0].height_m)
    kept = [centre for centre in centres if photos.near(centre)[0] <= reach_m]
    return np.array([p.latitude for p in kept]), np.array([p.longitude for p in kept])


@torch.no_grad()
def retrieval(
    network: GpsClipNetwork,
    card: GpsClipCard,
    held_out: Examples,
    taken: Degrees,
    cells: Degrees,
    before: Float[np.ndarray, " C"] | None = None,
) -> dict[str, float]:
    """Figures of a network in `eval` on held-out photos and where they were truly taken.

    median_m is the median distance from there to the best of the cells. Chance: chance_m, the same of cells drawn
    evenly, and middle_m, of the one cell that is the best answer for those who do not look. With `before`, how likely
    each cell was before (density.py), weighed_m is that of the likeliest cell after the look, as GpsClip.heat has it,
    and densest_m that of the likeliest before. With words, words_right is how often a photo fits its own caption
    better than another's that differs; chance 0.5.
    """
    device = network.to_place.weight.device
    at = network.place_vectors(unit_places(card, *cells).to(device))
    prior = torch.zeros(len(cells[0])) if before is None else torch.from_numpy(before).float().log()
    best, likeliest, words = [], [], []
    for rows in torch.arange(len(held_out)).split(_BATCH):
        pictures = held_out.pictures[rows].to(device)
        seen = network.seen(pictures if network.trunk is None else normalised(pictures))
        cosines = (network.picture_places(seen) @ at.T).cpu()
        best.append(cosines.argmax(1))
        likeliest.append((cosines / card.temperature + prior).argmax(1))
        if network.words is not None:
            words.append(network.picture_words(seen))
    far_m = _distances_m(taken, cells)  # (N, C)
    found = torch.cat(best).numpy()
    figures = {
        "photos": float(len(held_out)),
        "cells": float(far_m.shape[1]),
        "median_m": float(np.median(far_m[np.arange(len(found)), found])),
        "chance_m": float(np.median(far_m)),
        "middle_m": float(np.median(far_m, axis=0).min()),
    }
    if before is not None:
        found = torch.cat(likeliest).numpy()
        figures["weighed_m"] = float(np.median(far_m[np.arange(len(found)), found]))
        figures["densest_m"] = float(np.median(far_m[:, int(np.argmax(before))]))
    if words:
        figures["words_right"] = _words_right(torch.cat(words), network, held_out)
    return figures


def told(figures: dict[str, float], name: str) -> str:
    """The figures in one sentence."""
    words = f", {figures['weighed_m']:,.0f} m weighed by where photos lie" if "weighed_m" in figures else ""
    if "words_right" in figures:
        words += f", and knows a photo's caption from another's in {figures['words_right']:.0%}"
    return (
        f"on {figures['photos']:,.0f} held-out photos of {name} the judge is off by {figures['median_m']:,.0f} m in "
        f"the median (chance {figures['chance_m']:,.0f} m, always the best middle {figures['middle_m']:,.0f} m){words}"
    )


def _distances_m(taken: Degrees, cells: Degrees) -> Float[np.ndarray, "N C"]:
    latitude, longitude = (each[:, None] for each in taken)
    return ellipsoid.inverse(*np.broadcast_arrays(latitude, longitude, *cells))[0]


def _words_right(pictures: Float[Tensor, "N E"], network: GpsClipNetwork, held_out: Examples) -> float:
    """Share of pairs of a photo and another's caption in which its own fits better; ties count half."""
    cosines = pictures @ network.word_vectors(held_out.bags.to(pictures.device)).T
    apart = (held_out.caption[:, None] != held_out.caption[None]).to(pictures.device)
    ahead = cosines.diagonal()[:, None] - cosines
    won = (ahead > 0).float() + 0.5 * (ahead == 0).float()
    return float(won[apart].mean()) if bool(apart.any()) else 0.5
