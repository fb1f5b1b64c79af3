"""The place encoder: the positional encoding's closed form, null tokens, precision."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.encoder import PlaceEncoder, positional_encoding
from engine.errors import BadModel


def encoder(**options) -> PlaceEncoder:
    torch.manual_seed(0)
    return PlaceEncoder(**({"conditions": ("longitude", "latitude"), "width": 32} | options))


@given(st.floats(-1, 1))
def test_positional_encoding_is_sines_then_cosines_of_octaves(value: float) -> None:
    encoded = positional_encoding(torch.tensor([value], dtype=torch.float64), 10)[0]
    for k in range(10):
        assert encoded[k] == pytest.approx(math.sin(2**k * math.pi * value), abs=1e-9)
        assert encoded[10 + k] == pytest.approx(math.cos(2**k * math.pi * value), abs=1e-9)


def test_period_two_closes_angles_and_would_join_the_edges_of_a_box() -> None:
    edges = positional_encoding(torch.tensor([-1.0, 1.0, -0.9, 0.9], dtype=torch.float64), 10)
    torch.testing.assert_close(edges[0], edges[1], atol=1e-9, rtol=0)
    assert (edges[2] - edges[3]).norm() > 1


def test_paper_preset_is_two_tokens_of_the_text_width() -> None:
    paper = PlaceEncoder()
    assert paper.config.conditions == ("longitude", "latitude")
    assert paper(torch.zeros(3, 2)).shape == (3, 2, 768)
    assert [type(layer).__name__ for layer in paper.mlps[0]] == ["Linear", "GELU", "Linear"]
    assert paper.mlps[0][0].in_features == 20


def test_absent_conditions_are_their_null_tokens_one_by_one() -> None:
    model = encoder()
    tokens = model(torch.tensor([[math.nan, math.nan], [0.3, math.nan], [0.3, 0.4]]))
    torch.testing.assert_close(tokens[0], model.null_tokens)
    torch.testing.assert_close(tokens[1, 1], model.null_tokens[1])
    torch.testing.assert_close(tokens[1, 0], tokens[2, 0])
    assert model.null_tokens.abs().min() > 0, "null tokens are learned, not zero"


def test_longitude_and_latitude_are_told_apart() -> None:
    tokens = encoder()(torch.tensor([[0.2, 0.7], [0.7, 0.2]]))
    assert (tokens[0].sum(0) - tokens[1].sum(0)).norm() > 1e-3, (
        "(x, y) and (y, x) must differ as sets of tokens"
    )


def test_absent_values_give_no_gradient_to_the_mlps_and_none_that_is_not_finite() -> None:
    model = encoder()
    model(torch.tensor([[math.nan, 0.5]])).sum().backward()
    assert model.null_tokens.grad[0].abs().sum() > 0
    assert model.null_tokens.grad[1].abs().sum() == 0
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert model.mlps[0][0].weight.grad.abs().sum() == 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_keeps_places_fifty_metres_apart_apart(dtype: torch.dtype) -> None:
    """1e-2 of a city's box of 10 km is 50 m: bfloat16 alone would lose it in the highest octave."""
    model = encoder()
    values = torch.tensor([[0.8000, 0.8000], [0.8100, 0.8100]])
    expected = model(values)
    halved = model.to(dtype)(values).float()
    assert (halved - expected).abs().max() < 0.02
    assert (halved[0] - halved[1]).norm() > 5 * (halved[0] - expected[0]).norm()


def test_saving_and_loading_gives_the_same_tokens(tmp_path) -> None:
    model = encoder(conditions=("heading", "hour"), hidden_width=48, activation="silu")
    model.save_pretrained(tmp_path)
    values = torch.rand(5, 2)
    torch.testing.assert_close(PlaceEncoder.from_pretrained(tmp_path)(values), model(values), rtol=0, atol=0)


def test_unknown_condition_is_named() -> None:
    with pytest.raises(BadModel, match="'altitude' is not known"):
        encoder(conditions=("longitude", "altitude"))


@pytest.mark.parametrize("width", [64, 768])
def test_tokens_begin_at_the_scale_of_text_tokens(width: int) -> None:
    places = torch.rand(200, 2, generator=torch.Generator().manual_seed(0)) * 1.8 - 0.9
    tokens = encoder(width=width)(places)
    assert tokens.std().item() == pytest.approx(1, abs=0.15)
    assert tokens.std(dim=0).mean() > 0.7  # and most of that tells places apart


def test_mixed_tokens_tell_of_a_place_and_not_of_a_line_through_it() -> None:
    places = torch.tensor([[0.3, 0.4], [0.3, 0.5]])
    plain, mixed = encoder()(places), encoder(num_mixing_layers=2)(places)
    torch.testing.assert_close(plain[0, 0], plain[1, 0])
    assert (mixed[0, 0] - mixed[1, 0]).norm() > 1e-2


def test_mixed_tokens_of_no_place_are_the_same_beside_any_other(tmp_path) -> None:
    model = encoder(num_mixing_layers=1).eval()
    absent = torch.full((1, 2), math.nan)
    alone = model(absent)
    torch.testing.assert_close(model(torch.cat([torch.rand(3, 2), absent]))[3:], alone)
    model.save_pretrained(tmp_path)
    torch.testing.assert_close(PlaceEncoder.from_pretrained(tmp_path).eval()(absent), alone)


@pytest.mark.parametrize("num_mixing_layers", [0, 2])
def test_conditions_that_are_added_leave_the_others_as_they_were(num_mixing_layers: int) -> None:
    base = encoder(num_mixing_layers=num_mixing_layers, num_frequencies=4, hidden_width=24)
    grown = base.grown(("longitude", "latitude", "azimuth"))
    values = torch.tensor([[0.2, -0.4, 0.1], [0.3, math.nan, math.nan], [0.3, 0.5, 0.9]])
    tokens = grown(values)
    assert tokens.shape == (3, 3, 32)
    torch.testing.assert_close(tokens[:, :2], base(values[:, :2]))
    torch.testing.assert_close(grown.own_tokens(values[:, :2]), base(values[:, :2]))
    assert grown.added is not None
    torch.testing.assert_close(tokens[1, 2], grown.added.null_tokens[0])
    assert (tokens[0, 2] - tokens[2, 2]).norm() > 0.1
    for name in ("num_frequencies", "hidden_width", "num_mixing_layers"):
        assert grown.config[name] == base.config[name]


def test_an_encoder_that_has_grown_is_saved_and_read(tmp_path: Path) -> None:
    grown = encoder(num_mixing_layers=1).grown(("longitude", "latitude", "azimuth", "hour")).eval()
    grown.save_pretrained(tmp_path)
    read = PlaceEncoder.from_pretrained(tmp_path)
    values = torch.tensor([[0.2, -0.4, 0.1, math.nan]])
    torch.testing.assert_close(read(values), grown(values))


def test_an_encoder_grows_once() -> None:
    base = encoder()
    assert base.grown(("longitude", "latitude")) is base
    grown = base.grown(("longitude", "latitude", "azimuth"))
    with pytest.raises(BadModel, match="has had 'azimuth' added already"):
        grown.grown(("longitude", "latitude", "azimuth", "hour"))
