"""Likeness: perceptual hashes, and which pictures are the same picture saved again."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NEAR = 10
"""Bits of 128 in which two hashes of one picture may differ.

Measured on street and aerial photos: saving again at quality 20, a quarter of the size, 15 % more light or 20 % more
contrast change at most 7 bits, while the next photo of a walk down the same street differs in 24 or more.
"""


def perceptual_hash(picture: Image.Image) -> NDArray[np.uint64]:
    """Two words of 64 bits that stay nearly the same when a picture is scaled, compressed or brightened.

    The first is dHash, whether each of 8 x 8 fields is lighter than its neighbour to the left; the second is pHash,
    which of the 8 x 8 lowest frequencies are above their median.
    """
    grey = picture.convert("L")
    fields = np.asarray(grey.resize((9, 8), Image.Resampling.LANCZOS), np.int16)
    waves = _COSINES @ np.asarray(grey.resize((32, 32), Image.Resampling.LANCZOS), np.float64) @ _COSINES.T
    bits = np.concatenate([(fields[:, 1:] > fields[:, :-1]).ravel(), (waves > np.median(waves)).ravel()])
    return np.packbits(bits).view(np.uint64)


def is_blank(picture: Image.Image) -> bool:
    """Whether the picture is one flat colour, as of a lens cap or a file whose content was lost."""
    return float(np.asarray(picture.convert("L").resize((32, 32)), np.float64).std()) < 1.5


def near_duplicates(hashes: NDArray[np.uint64], rank: NDArray[np.int64]) -> dict[int, int]:
    """Index of each picture to be left out, and the index of the picture that stays in its stead.

    `hashes` (N, 2), `rank` (N,): the lowest rank of those alike stays. A picture goes when its hash differs in at
    most NEAR bits from that of a picture that stays. Cost is far below N x N: hashes that differ in 10 bits agree in
    one of 11 bands, and only within a band's equal values are pictures compared.
    """
    unique, inverse = np.unique(hashes, axis=0, return_inverse=True)
    order = np.lexsort((rank, inverse.ravel()))
    starts = np.flatnonzero(np.diff(inverse.ravel()[order], prepend=-1))
    first = order[starts]  # of each distinct hash, the picture of the lowest rank
    gone = {
        int(index): int(first[inverse.ravel()[index]])
        for index in set(range(len(hashes))) - set(first.tolist())
    }
    neighbours: dict[int, list[int]] = {}
    for one, other in _near_pairs(unique):
        low, high = sorted((int(first[one]), int(first[other])), key=lambda index: rank[index])
        neighbours.setdefault(high, []).append(low)
    for index in sorted(neighbours, key=lambda index: rank[index]):
        staying = [other for other in neighbours[index] if other not in gone]
        if staying:
            gone[index] = min(staying, key=lambda other: rank[other])
    # A picture equal to one that went itself is told of the one that stays.
    return {index: gone.get(other, other) for index, other in sorted(gone.items())}


_BANDS = NEAR + 1
_WAVE = np.arange(32)
_COSINES = np.cos(
    np.pi * (2 * _WAVE[None, :] + 1) * np.arange(1, 9)[:, None] / 64
)  # (8, 32): DCT-II without its mean


def _near_pairs(hashes: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Pairs of rows of `hashes` (N, 2), all different, that differ in at most NEAR bits."""
    bits = np.unpackbits(hashes.view(np.uint8), axis=1)  # (N, 128)
    pairs: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        # Every eleventh bit, so that each band has bits of both hashes and from all over the picture.
        own = bits[:, band::_BANDS].astype(np.int64)
        keys = own @ (1 << np.arange(own.shape[1]))
        order = np.argsort(keys, kind="stable")
        keys, run = keys[order], np.arange(len(order))
        for step in range(1, len(order)):
            run = run[run + step < len(order)]
            run = run[keys[run] == keys[run + step]]
            if not len(run):
                break
            one, other = order[run], order[run + step]
            near = np.bitwise_count(hashes[one] ^ hashes[other]).sum(axis=1) <= NEAR
            pairs.update(zip(one[near].tolist(), other[near].tolist(), strict=True))
    return sorted(pairs)
