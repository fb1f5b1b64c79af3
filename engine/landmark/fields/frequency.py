"""The plain NeRF: a point's positional encoding through a multi-layer perceptron; the field to compare with."""

import itertools

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engine.diffusion.encoder import positional_encoding
from engine.landmark.fields.activation import Blob, exponential


class FrequencyField(nn.Module):
    """`depth` layers of `width` over `num_frequencies` octaves, with the encoding joined again half-way (NeRF).

    NeRF itself has depth 8, width 256 and 10 octaves; colours here do not depend on the direction.
    """

    def __init__(
        self, depth: int = 4, width: int = 64, num_frequencies: int = 6, blob: Blob | None = None
    ) -> None:
        super().__init__()
        self.num_frequencies, self.blob = num_frequencies, blob
        encoded = 3 + 6 * num_frequencies
        self.before = _layers(encoded, width, depth // 2)
        self.after = _layers(encoded + width, width, depth - depth // 2)
        self.out = nn.Linear(width, 4)

    def density(self, points: Float[Tensor, "N 3"]) -> Float[Tensor, " N"]:
        return self(points)[0]

    def forward(self, points: Float[Tensor, "N 3"]) -> tuple[Float[Tensor, " N"], Float[Tensor, "N 3"]]:
        # Half the angle of the places' own encoding: the cube's opposite faces must not look alike.
        waves = positional_encoding(points / 2, self.num_frequencies).flatten(1)
        encoded = torch.cat([points, waves], dim=1)  # (N, 3 + 6 F)
        raw = self.out(self.after(torch.cat([self.before(encoded), encoded], dim=1)))
        bias = 0.0 if self.blob is None else self.blob.at(points)
        return exponential(raw[:, 0] + bias), raw[:, 1:].sigmoid()


def _layers(inputs: int, width: int, count: int) -> nn.Sequential:
    widths = [inputs, *[width] * count]
    layers = [nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in itertools.pairwise(widths)]
    return nn.Sequential(*layers)
