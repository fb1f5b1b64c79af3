"""The trail: back and forth along what was asked for."""

from engine.studio.requests import ImageRequest
from ui.trail import MOST, Trail


def asked(seed: int) -> ImageRequest:
    return ImageRequest("tiny", None, seed=seed)


def test_one_goes_back_and_forth_and_no_further_than_the_ends():
    trail = Trail()
    assert trail.move(-1) is None
    for seed in (1, 2, 3):
        trail.add(asked(seed))
    assert not trail.reaches(1)
    assert [trail.move(-1), trail.move(-1), trail.move(-1)] == [asked(2), asked(1), None]
    assert [trail.move(1), trail.move(1), trail.move(1)] == [asked(2), asked(3), None]


def test_a_new_request_forgets_what_was_undone():
    trail = Trail()
    for seed in (1, 2, 3):
        trail.add(asked(seed))
    trail.move(-1)
    trail.add(asked(4))
    assert not trail.reaches(1)
    assert trail.move(-1) == asked(2)


def test_the_same_request_again_is_no_step():
    trail = Trail()
    trail.add(asked(1))
    trail.add(asked(1))
    assert not trail.reaches(-1)


def test_the_oldest_are_forgotten():
    trail = Trail()
    for seed in range(MOST + 10):
        trail.add(asked(seed))
    assert trail.move(-(MOST - 1)) == asked(10)
    assert not trail.reaches(-1)
