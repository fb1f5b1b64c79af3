"""The judge's network: a small residual convolutional network with one linear head for each question."""

from collections.abc import Mapping
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engine.evaluation.judges.questions import Questions

STRIDE = 16
"""Sides of pictures are multiples of it."""


class JudgeNetwork(nn.Module):
    """Four stages, each half as fine and twice as wide as the one before, then the mean over the picture.

    2.0 million parameters at width 32.
    """

    def __init__(self, questions: Questions, width: int = 32, dropout: float = 0.2) -> None:
        super().__init__()
        self.trunk = trunk(width)
        self.dropout = nn.Dropout(dropout)
        sizes = {name: len(answers) for name, answers in questions.choices.items()}
        sizes |= dict.fromkeys(questions.directions, 2)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(features_of(width), size) for name, size in sizes.items()}
        )

    def forward(self, pictures: Float[Tensor, "B 3 H W"]) -> Mapping[str, Tensor]:
        """Logits (B, A) of each choice; (sine, cosine) of each direction, whose length tells how sure it is.

        Pictures are in [-1, 1].
        """
        features = self.dropout(pooled(self.trunk(pictures)))
        return {name: head(features).float() for name, head in self.heads.items()}


def trunk(width: int) -> nn.Sequential:
    """Four stages that see pictures (B, 3, H, W) in [-1, 1] as maps (B, 8 width, H / 16, W / 16)."""
    widths = (3, width, 2 * width, 4 * width, 8 * width)
    return nn.Sequential(
        *(
            nn.Sequential(_convolution(before, after, stride=2), nn.ReLU(), _Residual(after))
            for before, after in pairwise(widths)
        )
    )


def pooled(maps: Float[Tensor, "B C H W"]) -> Float[Tensor, "B 2*C"]:
    """Mean of each map, then its highest value."""
    return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)


def features_of(width: int) -> int:
    """How many numbers `pooled` gives of the maps of a trunk."""
    return 16 * width


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            _convolution(width, width), nn.ReLU(), _convolution(width, width)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.branch(x))


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))
