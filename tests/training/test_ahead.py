"""Ahead: in order, made before it is asked for, and whatever goes wrong arrives where it is asked for."""

import threading
import time

import pytest

from engine.training.ahead import Ahead


def test_what_comes_is_what_would_have_been_made_and_is_there_early():
    asked: list[int] = []
    ahead = Ahead(lambda number: (asked.append(number), number**2)[1])
    try:
        assert [ahead(number) for number in range(5)] == [0, 1, 4, 9, 16]
        deadline = time.monotonic() + 5
        while 16 not in asked and time.monotonic() < deadline:
            time.sleep(0.01)
        assert sorted(asked) == list(range(16))  # twelve steps, the asked one among them, and no number twice
    finally:
        ahead.close()


def test_it_goes_on_anywhere():
    ahead = Ahead(lambda number: -number)
    try:
        assert [ahead(number) for number in (7, 8, 100, 101)] == [-7, -8, -100, -101]
        assert min(ahead._pending) == 102
    finally:
        ahead.close()


def test_an_error_is_raised_where_its_number_is_asked_for():
    def make(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number

    ahead = Ahead(make)
    try:
        assert [ahead(0), ahead(1)] == [0, 1]
        with pytest.raises(ValueError, match="two"):
            ahead(2)
        assert ahead(3) == 3
    finally:
        ahead.close()


def test_closing_ends_its_threads():
    ahead = Ahead(lambda number: number)
    ahead(0)
    ahead.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
