"""Likeness: the same picture saved again is found, and a different picture is not mistaken for it."""

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from engine.photos.exif import open_upright
from engine.photos.likeness import NEAR, is_blank, near_duplicates, perceptual_hash


def saved_again(picture: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return Image.open(data)


def bits_apart(one: Image.Image, other: Image.Image) -> int:
    return int(np.bitwise_count(perceptual_hash(one) ^ perceptual_hash(other)).sum())


def test_copies_are_near_and_the_next_photo_of_a_walk_is_not(shared: Path) -> None:
    for folder in ("lund", "brighton", "seneca"):
        pictures = [open_upright(path) for path in sorted((shared / "photos" / folder).iterdir())]
        for picture in pictures[::3]:
            quarter = picture.resize((picture.width // 4, picture.height // 4))
            assert bits_apart(picture, saved_again(quarter, 75)) <= NEAR
            assert bits_apart(picture, saved_again(picture, 20)) <= NEAR
            assert bits_apart(picture, ImageEnhance.Brightness(picture).enhance(1.15)) <= NEAR
            assert bits_apart(picture, picture.convert("L")) <= NEAR
        for one, other in itertools.pairwise(pictures):
            assert bits_apart(one, other) > 2 * NEAR


def test_blank_pictures() -> None:
    assert is_blank(Image.new("RGB", (64, 64), (128, 128, 128)))
    noise = np.random.default_rng(0).integers(127, 129, (64, 64), np.uint8)
    assert is_blank(Image.fromarray(noise))
    night = Image.new("RGB", (64, 64))
    night.paste((90, 80, 40), (30, 30, 36, 36))
    assert not is_blank(night)


def by_comparing_all(hashes: np.ndarray, rank: np.ndarray) -> dict[int, int]:
    """What near_duplicates says, the slow and plain way."""
    staying: list[int] = []
    gone = {}
    for index in np.argsort(rank).tolist():
        alike = [other for other in staying if np.bitwise_count(hashes[index] ^ hashes[other]).sum() <= NEAR]
        if alike:
            gone[index] = alike[0]
        else:
            staying.append(index)
    return gone


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(1, 8), st.integers(0, 14), st.integers(0, 10**6))
def test_the_search_finds_what_comparing_all_finds(count: int, families: int, flips: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (families, 128), np.uint8)[rng.integers(0, families, count)]
    for row in bits:
        row[rng.choice(128, rng.integers(0, flips + 1), replace=False)] ^= 1
    hashes = np.packbits(bits, axis=1).view(np.uint64).reshape(-1, 2)
    rank = rng.permutation(count)
    found, truth = near_duplicates(hashes, rank), by_comparing_all(hashes, rank)
    assert found.keys() == truth.keys()
    for index, other in found.items():
        assert other not in found
        assert rank[other] < rank[index]


def test_the_larger_stays_in_the_stead_of_all_its_copies() -> None:
    hashes = np.zeros((4, 2), np.uint64)
    hashes[3] = 2**40 - 1
    assert near_duplicates(hashes, np.array([2, 0, 1, 3])) == {0: 1, 2: 1}


def test_fifty_thousand_different_pictures_take_a_moment() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**63, (50_000, 2), np.uint64)
    assert near_duplicates(hashes, np.arange(50_000)) == {}


@pytest.mark.parametrize("size", [(64, 64), (400, 100)])
def test_a_hash_is_128_bits(size: tuple[int, int]) -> None:
    assert perceptual_hash(Image.effect_noise(size, 50)).shape == (2,)
