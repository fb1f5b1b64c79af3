"""Condition dropout: by one draw, in exactly the shares that were asked for."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.training.dropout import drop_optional, drop_place, kept

CONDITIONS = ("longitude", "latitude", "heading", "hour")


def test_one_draw_decides_at_the_exact_borders() -> None:
    draws = torch.tensor([0.0, 0.049, 0.05, 0.099, 0.1, 0.149, 0.15, 0.999])
    keeps_text, keeps_place = kept(draws, 0.05, 0.05, 0.05)
    assert keeps_text.tolist() == [True, True, False, False, False, False, True, True]
    assert keeps_place.tolist() == [False, False, True, True, False, False, True, True]


def test_the_papers_shares_come_out_over_many_draws() -> None:
    draws = torch.rand(200_000, generator=torch.Generator().manual_seed(3))
    text, place = kept(draws, 0.05, 0.05, 0.05)
    shares = [(a & b).double().mean().item() for a, b in [(text, ~place), (~text, place), (~text, ~place)]]
    # A share of 5 % of 200,000 has a standard deviation of 0.05 %.
    assert shares == pytest.approx([0.05, 0.05, 0.05], abs=0.0025)
    assert (text & place).double().mean().item() == pytest.approx(0.85, abs=0.004)


@given(st.tuples(*[st.floats(0, 0.33)] * 3), st.integers(0, 2**32))
def test_any_shares_come_out(shares: tuple[float, float, float], seed: int) -> None:
    draws = torch.rand(4000, generator=torch.Generator().manual_seed(seed))
    text, place = kept(draws, *shares)
    found = [
        (text & ~place).double().mean(),
        (~text & place).double().mean(),
        (~text & ~place).double().mean(),
    ]
    assert [float(each) for each in found] == pytest.approx(shares, abs=0.06)


def test_without_dropout_everything_is_kept() -> None:
    text, place = kept(torch.tensor([0.0, 0.5]), 0, 0, 0)
    assert text.all()
    assert place.all()


def test_a_dropped_place_is_absent_in_every_condition() -> None:
    values = torch.tensor([[0.1, 0.2, 0.3, 0.4]] * 2)
    dropped = drop_place(values, torch.tensor([True, False]))
    assert torch.equal(dropped[0], values[0])
    assert dropped[1].isnan().all()


def test_optional_conditions_are_left_out_one_by_one_and_the_place_never() -> None:
    values = torch.zeros(20_000, 4)
    draws = torch.rand(values.shape, generator=torch.Generator().manual_seed(1))
    nowhere = torch.zeros(len(values), dtype=torch.bool)
    absent = drop_optional(values, CONDITIONS, draws, 0.1, nowhere).isnan()
    assert not absent[:, :2].any()
    assert absent[:, 2:].double().mean(dim=0).tolist() == pytest.approx([0.1, 0.1], abs=0.01)
    assert (absent[:, 2] & absent[:, 3]).double().mean().item() == pytest.approx(0.01, abs=0.004)


def test_an_azimuth_is_where_one_is_and_is_never_left_out() -> None:
    values, draws = torch.zeros(1, 2), torch.zeros(1, 2)
    absent = drop_optional(values, ("azimuth", "hour"), draws, 0.5, torch.tensor([True])).isnan()
    assert absent.tolist() == [[False, True]]


def test_where_only_the_position_is_known_every_optional_condition_is_left_out() -> None:
    values, draws = torch.zeros(2, 4), torch.ones(2, 4)
    absent = drop_optional(values, CONDITIONS, draws, 0.1, torch.tensor([True, False])).isnan()
    assert absent.tolist() == [[False, False, True, True], [False] * 4]
