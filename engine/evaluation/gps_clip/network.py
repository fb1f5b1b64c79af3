"""The towers: pictures, places and words as unit vectors, whose cosines tell how well they fit."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import normalize

from engine.diffusion.encoder import positional_encoding
from engine.evaluation.gps_clip.config import PlaceTowerKind
from engine.evaluation.judges.network import features_of, pooled, trunk

_LAYERS = 6
_GELU_POWER = 0.425
"""Mean square of the activation of standard normal numbers."""


@dataclass(frozen=True)
class Towers:
    """What a network is built of."""

    frozen_features: int
    """Numbers that a frozen transformer sees in a picture; 0 where the network has a trunk of its own."""
    width: int
    """Channels of the trunk's first stage."""
    embedding_width: int
    """Length of the unit vectors."""
    place_tower: PlaceTowerKind
    place_width: int
    num_frequencies: int
    vocabulary: int
    """How many words are known; 0 where words are not learned."""
    dropout: float = 0.0
    """Share of what was seen that is hidden in training."""


class GpsClipNetwork(nn.Module):
    """A tower for pictures, one for places and, with a vocabulary, one for words.

    Paper: one projection of what a frozen transformer sees, and the MLP for places. The towers for words and the trunk
    of its own are ours. Places and words have a projection of a picture each.
    """

    def __init__(self, towers: Towers) -> None:
        super().__init__()
        self.towers, width = towers, towers.embedding_width
        self.trunk = None if towers.frozen_features else trunk(towers.width)
        self.dropout = nn.Dropout(towers.dropout)
        seen = towers.frozen_features or features_of(towers.width)
        self.to_place = nn.Linear(seen, width)
        kind = MlpPlaceTower if towers.place_tower == "mlp" else PeriodicPlaceTower
        self.places: nn.Module = kind(towers)
        self.to_words = nn.Linear(seen, width) if towers.vocabulary else None
        self.words = WordsTower(towers.vocabulary, width) if towers.vocabulary else None

    def seen(self, pictures: Tensor) -> Float[Tensor, "B F"]:
        """What is seen in pictures (B, 3, H, W) in [-1, 1], or in what a frozen transformer made of them (B, F)."""
        return self.dropout(pictures.float() if self.trunk is None else pooled(self.trunk(pictures)))

    def picture_places(self, seen: Float[Tensor, "B F"]) -> Float[Tensor, "B E"]:
        """Unit vectors of pictures, to be compared with places."""
        return normalize(self.to_place(seen).float(), dim=1)

    def picture_words(self, seen: Float[Tensor, "B F"]) -> Float[Tensor, "B E"]:
        """Unit vectors of pictures, to be compared with words."""
        assert self.to_words is not None
        return normalize(self.to_words(seen).float(), dim=1)

    def place_vectors(self, unit: Float[Tensor, "B 2"]) -> Float[Tensor, "B E"]:
        """Unit vectors of places (x, y) in [-1, 1] of the box (geo.frame)."""
        return normalize(self.places(unit).float(), dim=1)

    def word_vectors(self, bags: Int[Tensor, "B L"]) -> Float[Tensor, "B E"]:
        """Unit vectors of bags of words."""
        assert self.words is not None
        return normalize(self.words(bags).float(), dim=1)


class MlpPlaceTower(nn.Module):
    """The paper's: one MLP of six layers with GELU, shared by x and y, whose ends are joined by one layer."""

    def __init__(self, towers: Towers) -> None:
        super().__init__()
        widths = (1, *[towers.place_width] * _LAYERS)
        layers = [_linear(before, after) for before, after in pairwise(widths)]
        self.shared = nn.Sequential(*(part for layer in layers for part in (layer, nn.GELU())))
        self.join = nn.Linear(2 * towers.place_width, towers.embedding_width)

    def forward(self, unit: Float[Tensor, "B 2"]) -> Float[Tensor, "B E"]:
        return self.join(torch.cat([self.shared(unit[:, :1]), self.shared(unit[:, 1:])], dim=1))


class PeriodicPlaceTower(nn.Module):
    """Ours: sines and cosines of both coordinates as the place encoder has them, then an MLP of three layers.

    It learns places apart sooner than the MLP of bare coordinates. The highest octave is the finest that it can tell
    and should not be finer than the gaps between photos.
    """

    def __init__(self, towers: Towers) -> None:
        super().__init__()
        self.num_frequencies, width = towers.num_frequencies, towers.place_width
        self.mlp = nn.Sequential(
            _linear(4 * towers.num_frequencies, width), nn.GELU(), _linear(width, width), nn.GELU(),
            nn.Linear(width, towers.embedding_width),
        )  # fmt: skip

    def forward(self, unit: Float[Tensor, "B 2"]) -> Float[Tensor, "B E"]:
        encoded = positional_encoding(unit, self.num_frequencies)  # (B, 2, 2 K)
        return self.mlp(encoded.flatten(1))


class WordsTower(nn.Module):
    """A bag of words: the mean of their vectors by learned importance, then an MLP of two layers."""

    def __init__(self, vocabulary: int, width: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(vocabulary + 1, width, padding_idx=0)
        self.importance = nn.Embedding(vocabulary + 1, 1)
        nn.init.zeros_(self.importance.weight)
        self.mlp = nn.Sequential(_linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, bags: Int[Tensor, "B L"]) -> Float[Tensor, "B E"]:
        weights = self.importance(bags)[..., 0].exp() * (bags > 0)  # (B, L)
        shares = weights / weights.sum(1, keepdim=True).clamp(min=1e-6)
        return self.mlp((shares[..., None] * self.vectors(bags)).sum(1))


def _linear(before: int, after: int) -> nn.Linear:
    """A layer that keeps the size of what GELU lets through; PyTorch's own start would lose it in six layers."""
    layer = nn.Linear(before, after)
    nn.init.normal_(layer.weight, std=(_GELU_POWER * before) ** -0.5)
    return layer
