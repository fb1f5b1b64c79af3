"""Resemblance: whether a model's pictures are spread like real photos, and whether they copy what it learned from.

The features are the mean over the picture of the last stage of the judge's network, 256 numbers. The Fréchet distance
over them is NOT comparable with FID, which uses an Inception network; see `frechet`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from engine.evaluation.features import kept_features, pooled_features
from engine.evaluation.figures import Figure
from engine.evaluation.frechet import frechet_distance
from engine.evaluation.judges.renders import Renders
from engine.evaluation.learned import Learned
from engine.evaluation.nearest import closer_than_real, coordinates, nearest
from engine.evaluation.pictures import Ask, there
from engine.evaluation.sheet import contact_sheet
from engine.evaluation.sitting import Sitting

_PAIRS = 8
_MOMENT = ("heading", "hour", "month")

Rows = Float[np.ndarray, "N F"]


def like_visitors(sitting: Sitting, count: int) -> UInt8[np.ndarray, "N H W 3"]:
    """Pictures that are asked for what the first visitors photographed: their captions, places and moments."""
    asks = [
        Ask(shot.caption, there(shot, *_MOMENT), sitting.seed + number)
        for number, shot in enumerate(sitting.people.shots[: min(count, sitting.people.held_out)])
    ]
    return sitting.paint("like-visitors", asks)


def frechet_figures(sitting: Sitting, real: Renders, learned: Learned, folder: Path) -> list[Figure]:
    """The distance of the model's pictures from real held-out photos, and that of as many real training photos."""
    made = pooled_features(sitting.judge, like_visitors(sitting, 2 * sitting.count))
    held_out = kept_features(sitting.judge, real.pixels, folder)
    others = kept_features(sitting.judge, learned.pixels, folder)[: len(made)]
    what = f"Fréchet distance from {len(held_out):,} held-out renders over the judge's features (not FID)"
    return [
        Figure(what, frechet_distance(made, held_out), "", len(made)),
        Figure(f"{what}, of training renders", frechet_distance(others, held_out), "", len(others)),
    ]


@dataclass(frozen=True, eq=False)
class Pair:
    """A made picture and the nearest that was learned."""

    made: UInt8[np.ndarray, "H W 3"]
    learned: UInt8[np.ndarray, "H W 3"]
    told: str


def nearest_figures(
    sitting: Sitting, real: Renders, learned: Learned, folder: Path
) -> tuple[list[Figure], list[Pair]]:
    """Distances to the nearest training picture, by features and by pixels, and the nearest pairs of each.

    Of pictures at held-out and at training places, beside those of real held-out photos. A share that is closer than
    99 % of real photos are, far above 1 %, is copying or, by pixels, blur: what is blurred is near to everything.
    """
    made = {
        "held-out places": like_visitors(sitting, sitting.count),
        "training places": sitting.paint("like-learned", learned.asks[: sitting.count]),
    }
    known = kept_features(sitting.judge, learned.pixels, folder)
    middle, scale = known.mean(0), known.std(0) + 1e-6
    real_features = (kept_features(sitting.judge, real.pixels, folder) - middle) / scale
    made_features = {
        name: (pooled_features(sitting.judge, each) - middle) / scale for name, each in made.items()
    }
    ways: Mapping[str, tuple[str, Rows, Rows, Mapping[str, Rows]]] = {
        "features": ("", (known - middle) / scale, real_features, made_features),
        "pixels": (
            "levels",
            coordinates(learned.pixels),
            coordinates(real.pixels),
            {name: coordinates(each) for name, each in made.items()},
        ),
    }
    figures, pairs = [], []
    for way, (unit, known_rows, real_rows, made_rows) in ways.items():
        usual = nearest(real_rows, known_rows).distance
        told = f"nearest training picture by {way}"
        figures.append(
            Figure(f"{told}, real held-out photos, median", float(np.median(usual)), unit, len(usual))
        )
        for name, rows in made_rows.items():
            found = nearest(rows, known_rows)
            median, count = float(np.median(found.distance)), len(rows)
            share = closer_than_real(found.distance, usual)
            figures.append(Figure(f"{told}, made at {name}, median", median, unit, count))
            figures.append(Figure(f"{told}, made at {name}, closer than 99 % of real", share, "%", count))
            pairs += [
                Pair(
                    made[name][row],
                    learned.pixels[found.row[row]],
                    f"{way} {found.distance[row]:.2f}\n{name}",
                )
                for row in found.distance.argsort()[:_PAIRS]
            ]
    return figures, pairs


def pair_sheet(pairs: list[Pair], side_px: int = 160) -> Image.Image:
    """The made pictures of eight pairs in a row, and below each what it is nearest to."""
    rows, labels = [], []
    for start in range(0, len(pairs), _PAIRS):
        part = pairs[start : start + _PAIRS]
        rows += [_resized(pair.made, side_px) for pair in part] + [
            _resized(pair.learned, side_px) for pair in part
        ]
        labels += [pair.told for pair in part] + ["learned"] * len(part)
    return contact_sheet(np.stack(rows), labels, min(_PAIRS, len(pairs)), side_px)


def _resized(picture: UInt8[np.ndarray, "H W 3"], side_px: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side_px, side_px), Image.Resampling.LANCZOS))
