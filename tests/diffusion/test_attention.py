"""Attention maps, read by word, condition, layer and step."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.diffusion.attention import Attention, recorded
from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.small import build_small
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.geo.region import Box

LUND = Place(55.6985, 13.1955)
NEAR_THE_EDGE = Place(55.7080, 13.1810)
PROMPT = "A tree, a street and a tree"


def record(pipe: PlacePipeline, prompt=PROMPT, place=LUND, **options) -> Attention:
    given = {"generator": torch.Generator().manual_seed(7), "num_inference_steps": 3}
    with recorded(pipe) as attention:
        pipe(prompt, place, output_type="latent", **(given | options))
    return attention


@pytest.fixture(scope="module")
def attention(shared_tiny: PlacePipeline) -> Attention:
    """Three steps of the prompt at Lund."""
    return record(shared_tiny)


def test_every_map_sums_to_one_over_the_tokens(attention: Attention) -> None:
    assert attention.groups == ("8 x 8 down", "8 x 8 mid", "8 x 8 up")
    for group in attention.groups:
        for step in range(3):
            probabilities = attention.probabilities(group, step)
            assert probabilities.shape == (8, 8, 77 + 3)
            assert probabilities.min() >= 0
            np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-3)


def test_a_word_is_the_mean_of_its_tokens(attention: Attention) -> None:
    street = attention.words[3]
    assert (street.text, len(street.tokens)) == ("street", 6)
    expected = attention.probabilities("8 x 8 mid", 1)[..., list(street.tokens)].mean(-1)
    np.testing.assert_allclose(attention.map("STREET", "mid", 1), expected, atol=1e-6)


def test_a_repeated_word_is_read_by_its_index(attention: Attention) -> None:
    assert [word.text for word in attention.words] == ["A", "tree", "a", "street", "and", "a", "tree"]
    first, second = attention.map(1), attention.map(6)
    assert not np.allclose(first, second, rtol=1e-3)
    np.testing.assert_allclose(attention.map("tree"), (first + second) / 2, atol=1e-6)


def test_a_number_in_the_prompt_is_no_index(shared_tiny: PlacePipeline) -> None:
    attention = record(shared_tiny, "1 of 2 trees", num_inference_steps=1)
    np.testing.assert_array_equal(attention.map("2"), attention.map(2))
    assert not np.allclose(attention.map(1), attention.map("1"), rtol=1e-3)


def test_a_condition_is_its_token_after_the_text(attention: Attention) -> None:
    assert attention.conditions == ("longitude", "latitude", "heading")
    for index, name in enumerate(attention.conditions):
        expected = attention.probabilities("8 x 8 up", 2)[..., 77 + index]
        np.testing.assert_array_equal(attention.map(name, "up", 2), expected)


def test_a_condition_comes_before_a_word_of_its_name(shared_tiny: PlacePipeline) -> None:
    attention = record(shared_tiny, "a heading", num_inference_steps=1)
    heading = attention.probabilities("8 x 8 up", 0)[..., 79]
    np.testing.assert_array_equal(attention.map("heading", "up"), heading)
    assert not np.allclose(attention.map(1, "up"), heading, rtol=1e-3)


@pytest.mark.parametrize("condition", ["longitude", "latitude"])
def test_the_map_of_a_condition_changes_with_the_place(
    shared_tiny: PlacePipeline, attention: Attention, condition: str
) -> None:
    elsewhere = record(shared_tiny, place=NEAR_THE_EDGE)
    here, there = (each.map(condition, steps=0) for each in (attention, elsewhere))
    assert np.abs(here - there).max() > 0.01 * here.mean()


def test_groups_and_steps_select_and_every_layer_and_step_counts_alike(attention: Attention) -> None:
    """The tiny UNet has one layer on its way down, one in the middle and two on its way up."""
    down, mid, up = (attention.map("street", part) for part in ("down", "mid", "up"))
    assert not np.allclose(down, up, rtol=1e-3)
    np.testing.assert_allclose(attention.map("street"), (down + mid + 2 * up) / 4, atol=1e-6)
    np.testing.assert_allclose(attention.map("street", ["mid", "8 x 8 down"]), (down + mid) / 2, atol=1e-6)
    np.testing.assert_array_equal(attention.map("street", "8 x 8"), attention.map("street"))
    first, last = attention.map("street", steps=0), attention.map("street", steps=2)
    assert not np.allclose(first, last, rtol=1e-3)
    np.testing.assert_allclose(attention.map("street", steps=[0, 2]), (first + last) / 2, atol=1e-6)
    np.testing.assert_array_equal(attention.map("street", steps=range(3)), attention.map("street"))


def test_shares_sum_to_one_by_step_and_group(attention: Attention) -> None:
    table = attention.shares()
    assert [(row.step, row.group) for row in table] == [
        (step, group) for step in range(3) for group in attention.groups
    ]
    for row in table:
        assert list(row.of) == ["text", *attention.conditions]
        assert sum(row.of.values()) == pytest.approx(1, abs=1e-9)
        mean = attention.map("latitude", row.group, row.step).mean()
        assert row.of["latitude"] == pytest.approx(mean, rel=2e-3)
    (row,) = attention.shares("mid", 1)
    assert row == table[4]


def test_mean_shares_count_every_layer_and_step_alike_as_maps_do(attention: Attention) -> None:
    means = attention.mean_shares()
    assert sum(means.values()) == pytest.approx(1, abs=1e-9)
    assert list(means) == ["text", *attention.conditions]
    for name in attention.conditions:
        assert means[name] == pytest.approx(attention.map(name).mean(), rel=2e-3)
    assert attention.mean_shares("mid", 1) == pytest.approx(attention.shares("mid", 1)[0].of)


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda each: each.map("boat"), "no word 'boat'.* choose from 'A' .0., 'tree' .1.*'longitude'"),
        (lambda each: each.map("azimuth"), "no word 'azimuth'.*'latitude', 'heading'"),
        (lambda each: each.map(7), "no word 7"),
        (lambda each: each.map(-1), "no word -1"),
        (lambda each: each.map("a", "7 x 7"), "'7 x 7' names no group.*'8 x 8 down', '8 x 8 mid'"),
        (lambda each: each.map("a", []), "an empty choice names no group"),
        (lambda each: each.map("a", steps=3), "3 names no recorded step; choose from 0 to 2"),
        (lambda each: each.map("a", steps=[-1]), "-1 names no recorded step"),
        (lambda each: each.shares(steps=[]), "an empty choice names no recorded step"),
        (lambda each: each.probabilities("8 x 8", 0), "'8 x 8' names no group"),
        (lambda each: each.of_picture(1), "no picture 1; the call made 1"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    attention: Attention, read: Callable, message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        read(attention)


def test_without_words_the_conditions_remain(shared_tiny: PlacePipeline) -> None:
    attention = record(shared_tiny, "", num_inference_steps=1)
    assert attention.words == ()
    assert attention.map("latitude").shape == (8, 8)
    with pytest.raises(BadRequest, match="choose from 'longitude', 'latitude', 'heading'"):
        attention.map("tree")


def test_the_small_base_has_layers_of_three_sizes() -> None:
    box = Box(south=40.7, west=-74.03, north=40.88, east=-73.9)
    pipe = build_small(
        PlaceCard(name="Manhattan", box=box, conditions=("longitude", "latitude"), resolution_px=256)
    )
    pipe.set_progress_bar_config(disable=True)
    attention = record(pipe, "a street", Place(40.75, -73.98), num_inference_steps=2)
    sizes = {group.rsplit(" ", 1)[0] for group in attention.groups}
    assert sizes == {"16 x 16", "8 x 8", "4 x 4"}
    assert attention.map("street").shape == attention.map("latitude", "up").shape == (16, 16)
    assert attention.map("street", "8 x 8").shape == (8, 8)
    each = {size: attention.map("street", size) for size in sizes}
    layers = {
        size: sum(attention.record.layers[f"{size} {part}"] for part in ("down", "mid", "up"))
        for size in sizes
    }
    mean = sum(each[size].mean() * layers[size] for size in sizes) / sum(layers.values())
    assert attention.map("street").mean() == pytest.approx(mean, rel=1e-3)
