"""The file of attention: what is read from it is what was recorded, and other files are refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from engine.diffusion.attention import Attention, recorded
from engine.diffusion.attention_file import read_attention, write_attention
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadFile, BadRequest
from engine.geo.place import Place

LUND = Place(55.6985, 13.1955)
PROMPT = "A tree, a street and a tree"


def record(pipe: PlacePipeline, prompt: str | list[str] = PROMPT, **options) -> Attention:
    given = {"generator": torch.Generator().manual_seed(7), "num_inference_steps": 3}
    with recorded(pipe) as attention:
        pipe(prompt, LUND, output_type="latent", **(given | options))
    return attention


@pytest.fixture(scope="module")
def attention(shared_tiny: PlacePipeline) -> Attention:
    """Three steps of the prompt at Lund, in maps of 7 x 5."""
    return record(shared_tiny, width=56, height=40)


@pytest.fixture(scope="module")
def path(attention: Attention, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the attention."""
    path = tmp_path_factory.mktemp("attention") / "maps.safetensors"
    write_attention(path, attention, {"prompt": PROMPT})
    return path


def test_every_map_is_what_was_recorded_to_the_last_bit(attention: Attention, path: Path) -> None:
    found = read_attention(path)
    assert [word.text for word in found.words] == [word.text for word in attention.words]
    assert (found.conditions, found.groups, found.num_steps) == (
        attention.conditions,
        attention.groups,
        attention.num_steps,
    )
    for of in (*range(len(attention.words)), "STREET", "tree", *attention.conditions):
        for groups in (None, "mid", ["7 x 5 down", "up"]):
            for steps in (None, 1, [0, 2]):
                expected = attention.map(of, groups, steps)
                np.testing.assert_array_equal(found.map(of, groups, steps), expected)


def test_shares_and_sums_survive_in_half_precision(attention: Attention, path: Path) -> None:
    found = read_attention(path)
    for group in found.groups:
        probabilities = found.probabilities(group, 1)
        assert probabilities.shape == (5, 7, 1 + 20 + 3)  # the words have 20 letters, each a token
        np.testing.assert_allclose(probabilities.sum(-1), 1, atol=2e-3)
    for name, share in attention.mean_shares().items():
        assert found.mean_shares()[name] == pytest.approx(share, abs=1e-3)


def test_the_file_is_small_and_the_same_every_time_and_says_how_it_was_made(
    attention: Attention, path: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.safetensors"
    write_attention(again, attention, {"prompt": PROMPT})
    assert again.read_bytes() == path.read_bytes()
    with safe_open(path, "np") as file:
        head = json.loads(file.metadata()["attention"])
    assert head["request"] == {"prompt": PROMPT}
    kept = sum(maps.nbytes for maps in load_file(path).values())
    assert path.stat().st_size < kept + 2_000
    assert kept < 0.4 * sum(maps.nbytes for step in attention.record.steps for maps in step.values())


def test_a_picture_of_a_batch_without_words_and_one_with_the_longest_prompt(
    shared_tiny: PlacePipeline, tmp_path: Path
) -> None:
    together = record(shared_tiny, ["", "street " * 40], num_inference_steps=1, generator=None)
    for number in range(2):
        each, path = together.of_picture(number), tmp_path / f"{number}.safetensors"
        write_attention(path, each)
        found = read_attention(path)
        assert len(found.words) == len(each.words)
        np.testing.assert_allclose(found.map("latitude"), each.map("latitude"), rtol=1e-6)
    np.testing.assert_allclose(found.map("street"), each.map("street"), rtol=1e-6)


def test_what_is_not_recorded_is_not_written(tiny: PlacePipeline, tmp_path: Path) -> None:
    with recorded(tiny) as attention, pytest.raises(BadRequest, match="no attention is recorded yet"):
        write_attention(tmp_path / "maps.safetensors", attention)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"words": None},
        {"words": [["street", []]]},
        {"words": [["street", [0]]]},
        {"words": [["street", [21]]]},
        {"words": [["street", "x"]]},
        {"conditions": 3},
        {"conditions": ["longitude"] * 24, "words": []},
        {"layers": {}},
        {"layers": {"7 x 5 down": 1}},
        {"layers": {"7 x 5 down": 0, "7 x 5 mid": 1, "7 x 5 up": 2}},
        {"layers": []},
        {"layers": {"7 x 5 down": float("inf"), "7 x 5 mid": 1, "7 x 5 up": 2}},
    ],
)
def test_a_head_that_does_not_fit_its_maps_is_refused(path: Path, tmp_path: Path, change: dict) -> None:
    with safe_open(path, "np") as file:
        head = json.loads(file.metadata()["attention"])
    damaged = tmp_path / "damaged.safetensors"
    save_file(load_file(path), damaged, {"attention": json.dumps(head | change)})
    with pytest.raises(BadFile, match=r"damaged\.safetensors holds no attention of a picture"):
        read_attention(damaged)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda maps: {group: each.astype(np.float32) for group, each in maps.items()},
        lambda maps: {group: each[0] for group, each in maps.items()},
        lambda maps: {group: each[:0] for group, each in maps.items()},
        lambda maps: {group: each[number:] for number, (group, each) in enumerate(maps.items())},
        lambda maps: {group: np.zeros((), np.float16) for group in maps},
        lambda maps: {},
    ],
)
def test_maps_that_do_not_fit_each_other_are_refused(path: Path, tmp_path: Path, spoil) -> None:
    with safe_open(path, "np") as file:
        head = file.metadata()
    damaged = tmp_path / "damaged.safetensors"
    save_file(spoil(load_file(path)), damaged, head)
    with pytest.raises(BadFile, match="holds no attention of a picture"):
        read_attention(damaged)


def test_other_files_are_refused(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    for data in (b"", b"no tensors", path.read_bytes()[:-1]):
        other.write_bytes(data)
        with pytest.raises(BadFile, match="holds no attention of a picture"):
            read_attention(other)
    save_file(load_file(path), other)
    with pytest.raises(BadFile, match="choose a file that `attend` made"):
        read_attention(other)
    with pytest.raises(BadFile):
        read_attention(tmp_path / "missing.safetensors")
