"""The place encoder: each condition becomes one token beside the tokens of the text."""

import math
from collections.abc import Sequence

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from jaxtyping import Float
from torch import Tensor, nn

from engine.diffusion.conditions import CONDITIONS
from engine.errors import BadModel

_GELU_POWER = 0.425
"""Mean square of the activation of standard normal numbers."""

_MIXING_HEAD_WIDTH = 48

_ACTIVATIONS = {"gelu": nn.GELU, "silu": nn.SiLU, "relu": nn.ReLU}


def positional_encoding(values: Float[Tensor, "*B"], num_frequencies: int) -> Float[Tensor, "*B F"]:
    """sin(2^k pi v) for k = 0 .. num_frequencies - 1, then the cosines; F = 2 num_frequencies.

    It has period 2 in v: right for angles, and the reason why a box is mapped to less than [-1, 1] (geo.frame).
    """
    octaves = 2.0 ** torch.arange(num_frequencies, device=values.device, dtype=values.dtype)
    angles = math.pi * values[..., None] * octaves
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class PlaceEncoder(ModelMixin, ConfigMixin):
    """One token a condition: positional encoding, two-layer MLP, width of the text encoder.

    The defaults are the paper's: 10 frequencies, two layers, tokens of width D = 768. The paper does not state the
    hidden width (here D), the activation (GELU), whether the raw value joins the encoding (no) and whether f is
    shared. Cross-attention does not see the order of its tokens, so a shared f could not tell (x, y) from (y, x):
    every condition has an f of its own, and a learned null token of its own for when it is absent.

    Ours: with `num_mixing_layers` the tokens then attend to each other in that many transformer layers, so that a
    token can tell of a place rather than of a line through it. The paper has none.

    Also ours: the last `num_added` conditions were added to a trained encoder. Their tokens come from weights of their
    own (`added`), so that what the encoder said before it says still.
    """

    @register_to_config
    def __init__(
        self,
        conditions: Sequence[str] = ("longitude", "latitude"),
        width: int = 768,
        hidden_width: int | None = None,
        num_frequencies: int = 10,
        activation: str = "gelu",
        num_mixing_layers: int = 0,
        num_added: int = 0,
    ) -> None:
        super().__init__()
        if unknown := set(conditions) - set(CONDITIONS):
            raise BadModel(
                f"the condition {min(unknown)!r} is not known; choose from {', '.join(CONDITIONS)}"
            )
        hidden, own = hidden_width or width, len(conditions) - num_added
        self.mlps = nn.ModuleList(_mlp(num_frequencies, hidden, width, activation) for _ in range(own))
        self.null_tokens = nn.Parameter(torch.randn(own, width) * 0.02)
        self.mixing = nn.ModuleList(_mixing_layer(width) for _ in range(num_mixing_layers))
        self.added: PlaceEncoder | None = None
        if num_added:
            self.added = PlaceEncoder(conditions[own:], width, hidden, num_frequencies, activation)

    def forward(self, values: Float[Tensor, "B C"]) -> Float[Tensor, "B C D"]:
        """Condition tokens for values in [-1, 1]; a NaN is an absent condition and gives its null token.

        `values` are float32 whatever the encoder's own precision: the highest octave needs it.
        """
        if self.added is None:
            return self.own_tokens(values)
        own = len(self.mlps)
        return torch.cat([self.own_tokens(values[:, :own]), self.added(values[:, own:])], dim=1)

    def own_tokens(self, values: Float[Tensor, "B K"]) -> Float[Tensor, "B K D"]:
        """Tokens of the conditions that were not added, from their values alone."""
        absent = values.isnan()
        encoded = positional_encoding(values.float().nan_to_num(0.0), self.config.num_frequencies)
        encoded = encoded.to(self.null_tokens.dtype)  # (B, C, F)
        tokens = torch.stack([mlp(encoded[:, index]) for index, mlp in enumerate(self.mlps)], dim=1)
        tokens = torch.where(absent[..., None], self.null_tokens, tokens)
        for layer in self.mixing:
            tokens = layer(tokens)
        return tokens

    def take_over(self, other: "PlaceEncoder") -> None:
        """Have the weights that `other` has for these conditions; neither has mixing layers or added conditions.

        Raises ValueError where it lacks one, RuntimeError where it has other widths.
        """
        theirs = list(other.config.conditions)
        rows = [theirs.index(name) for name in self.config.conditions]
        for mlp, row in zip(self.mlps, rows, strict=True):
            mlp.load_state_dict(other.mlps[row].state_dict())
        with torch.no_grad():
            self.null_tokens.copy_(other.null_tokens[rows])

    def grown(self, conditions: Sequence[str]) -> "PlaceEncoder":
        """An encoder of `conditions`, which begin with this one's: the same tokens for those, new ones after them.

        This encoder itself where there is nothing to add. Raises BadModel where conditions were added before.
        """
        known = len(self.config.conditions)
        if len(conditions) == known:
            return self
        if self.added is not None:
            raise BadModel(
                f"the base has had {self.config.conditions[-1]!r} added already; train from the model before that"
            )
        settings = {
            name: self.config[name] for name in ("width", "hidden_width", "num_frequencies", "activation")
        }
        made = PlaceEncoder(
            list(conditions),
            **settings,
            num_mixing_layers=self.config.num_mixing_layers,
            num_added=len(conditions) - known,
        )
        made.load_state_dict(self.state_dict(), strict=False)
        return made.to(device=self.device, dtype=self.dtype).train(self.training)


def _mlp(num_frequencies: int, hidden: int, width: int, activation: str) -> nn.Sequential:
    """Two layers whose tokens begin at the scale of text tokens, which come from a layer norm.

    PyTorch's own start makes them six times smaller, and attention takes twice as many steps to notice them.
    """
    first, last = nn.Linear(2 * num_frequencies, hidden), nn.Linear(hidden, width)
    nn.init.normal_(first.weight, std=num_frequencies**-0.5)
    nn.init.normal_(last.weight, std=(_GELU_POWER * hidden) ** -0.5)
    return nn.Sequential(first, _ACTIVATIONS[activation](), last)


def _mixing_layer(width: int) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        width,
        nhead=max(1, width // _MIXING_HEAD_WIDTH),
        dim_feedforward=2 * width,
        dropout=0.0,
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
