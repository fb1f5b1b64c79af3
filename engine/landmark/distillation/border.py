"""The border: what of a photo is its landmark and what is sky, ground and far neighbours, told by the photos' edges."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

_EDGE_SHARE = 0.06
_REACH_SHARE = 0.05
"""Of the height: an edge tells of the rows up to so far above and below."""
_NEAR, _WIDE = 0.04, 0.06
"""Distance of colour (RGB in [0, 1]) up to which a pixel belongs to the surroundings, and how much more does not."""
_SPREAD = 0.06
"""Distance of colour that is usual between two pictures of the same thing: its standard deviation."""
_MOST_SAMPLES = 400
_USUAL = 0.15
"""Share of the edges that must look like a pixel to make it surroundings."""


def behind(pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """The pictures without what stands in their middle: each row from the colour of its left end to that of its right.

    Photos of a landmark have it in the middle, and their rows are sky, horizon or ground from end to end.
    """
    width = pictures.shape[3]
    left, right = edges(pictures).chunk(2, dim=3)
    ends = torch.stack([left.mean(3), right.mean(3)], dim=3)  # (B, 3, H, 2)
    return functional.interpolate(ends, (ends.shape[2], width), mode="bilinear", align_corners=True)


def matte(pictures: Float[Tensor, "B 3 H W"], ring: Float[Tensor, "V 3 H W"]) -> Float[Tensor, "B H W"]:
    """How much of each pixel is the landmark, in [0, 1]: by how far its colour is from all that edges show.

    The edges are those of all pictures of the `ring` at about the same height, so a cloud or a tree that stands
    behind the landmark in one of them is known from another; what is `behind` in its own picture is known as well. A
    landmark between houses has no such edges.
    """
    return matte_of(*apart(pictures, ring))


def matte_of(own: Float[Tensor, "B H W"], others: Float[Tensor, "B H W"]) -> Float[Tensor, "B H W"]:
    """The matte of pixels that are so far `apart` from their surroundings."""
    share = ((torch.minimum(own, others) - _NEAR) / _WIDE).clamp(0, 1)
    return share * share * (3 - 2 * share)


def apart(
    pictures: Float[Tensor, "B 3 H W"], ring: Float[Tensor, "V 3 H W"]
) -> tuple[Float[Tensor, "B H W"], Float[Tensor, "B H W"]]:
    """How far each pixel's colour is from what is `behind` it in its own picture, and from what edges of the `ring`
    show at about the same height, as a distance of RGB in [0, 1].
    """
    height = pictures.shape[2]
    reach = max(1, round(height * _REACH_SHARE))
    smooth, others = smoothed(pictures), smoothed(ring)
    ends = edges(others).permute(2, 0, 3, 1)  # (H, V, 2 E, 3)
    distances = []
    for row in range(height):
        known = ends[max(0, row - reach) : row + reach + 1].reshape(-1, 3)
        known = known[:: -(-len(known) // _MOST_SAMPLES)]
        distance = torch.cdist(smooth[:, :, row].permute(0, 2, 1), known)  # (B, W, K)
        usual = max(1, round(len(known) * _USUAL))
        distances.append(distance.kthvalue(usual, dim=2).values)
    return (smooth - behind(smooth)).square().sum(1).sqrt(), torch.stack(distances, dim=1)


def alike(distance: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """How likely two pixels so far apart in colour show the same thing, in (0, 1]: 1 where they are equal."""
    return torch.exp(-0.5 * (distance / _SPREAD).square())


def smoothed(pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Without single pixels that are off."""
    return functional.avg_pool2d(functional.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)


def edges(pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H E"]:
    """The columns at the left end of the pictures, and as many at the right one."""
    edge = max(1, round(pictures.shape[3] * _EDGE_SHARE))
    return torch.cat([pictures[..., :edge], pictures[..., -edge:]], dim=3)
