"""Draws: the same for the same place in a run, however one gets there."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.training.draws import generator_at, pass_generator, photos_at


@given(
    count=st.integers(1, 50),
    cuts=st.lists(st.integers(0, 200), min_size=2, max_size=6),
    seed=st.integers(0, 99),
)
def test_the_order_of_photos_does_not_depend_on_where_it_is_cut(
    count: int, cuts: list[int], seed: int
) -> None:
    whole = photos_at(seed, count, 0, 201)
    for start, stop in zip(sorted(cuts), sorted(cuts)[1:], strict=False):
        if start < stop:
            assert torch.equal(photos_at(seed, count, start, stop), whole[start:stop])


@given(count=st.integers(1, 50), seed=st.integers(0, 99))
def test_every_photo_is_shown_once_before_any_is_shown_again(count: int, seed: int) -> None:
    for epoch in range(3):
        shown = photos_at(seed, count, epoch * count, (epoch + 1) * count)
        assert sorted(shown.tolist()) == list(range(count))


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    first, second = photos_at(0, 30, 0, 30), photos_at(0, 30, 30, 60)
    assert not torch.equal(first, second)
    assert not torch.equal(first, photos_at(1, 30, 0, 30))


def test_each_pass_of_each_step_has_noise_of_its_own_and_again_the_same() -> None:
    def noise(*where: int) -> torch.Tensor:
        return torch.randn(8, generator=pass_generator(*where))

    assert torch.equal(noise(0, 5, 1), noise(0, 5, 1))
    different = [noise(0, 5, 1), noise(0, 5, 0), noise(0, 6, 1), noise(1, 5, 1)]
    assert len({tuple(each.tolist()) for each in different}) == 4
    assert torch.rand(1, generator=generator_at(2**63 - 1, 0)).item() < 1
