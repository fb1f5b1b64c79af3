"""Rays meet solids where closed forms say so, and with the right normals."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.world.raycast.intersect import INTERVALS
from engine.world.raycast.solids import KINDS, Look, Quarry
from engine.world.raycast.surface import describe

LOOK = Look(1)
coordinate = st.floats(-3, 3)
size = st.floats(0.4, 2.5)


def meet(quarry: Quarry, origin, direction) -> tuple[float, float, np.ndarray]:
    """Entry, exit and normal at the entry of the one solid in the quarry; all in double precision."""
    (kind,) = [kind for kind in KINDS if len(quarry.solids()[kind])]
    rows = torch.from_numpy(quarry.solids()[kind].geometry)
    o = [torch.tensor([float(value)], dtype=torch.float64) for value in origin]
    unit = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    d = [torch.tensor([float(value)], dtype=torch.float64) for value in unit]
    enter, leave = INTERVALS[kind](o, d, rows.unbind(1))
    at = [o[i] + d[i] * enter for i in range(3)]
    normal = describe(kind, rows.unbind(1), at)[:3, 0].numpy()
    return float(enter[0]), float(leave[0]), normal


@settings(max_examples=30, deadline=None)
@given(x=coordinate, y=coordinate, z=coordinate, radius=size)
def test_a_ball_is_met_at_its_radius_from_the_middle(x, y, z, radius) -> None:
    quarry = Quarry()
    quarry.ellipsoid([x, y, z], radius, LOOK)
    origin = np.array([11.0, -7.0, 5.0])
    to_middle = np.array([x, y, z]) - origin
    enter, leave, normal = meet(quarry, origin, to_middle)
    distance = np.linalg.norm(to_middle)
    assert enter == pytest.approx(distance - radius, abs=1e-6)
    assert leave == pytest.approx(distance + radius, abs=1e-6)
    np.testing.assert_allclose(normal, -to_middle / distance, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(aside=st.floats(0, 3), radius=size)
def test_a_ball_is_missed_beside_it(aside, radius) -> None:
    quarry = Quarry()
    quarry.ellipsoid([0, 0, 0], radius, LOOK)
    enter, leave, _ = meet(quarry, [aside, -20, 0], [1e-12, 1, 0])
    assert (enter < leave) == (aside < radius) or abs(aside - radius) < 1e-6


@settings(max_examples=30, deadline=None)
@given(turn=st.floats(0, 360), half=size)
def test_a_turned_box_is_as_deep_as_its_side(turn, half) -> None:
    quarry = Quarry()
    quarry.box([0, 0, 1], [half, 2 * half, 1], LOOK, turn)
    across = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn)), 0])
    enter, leave, normal = meet(
        quarry, np.array([0, 0, 1.001]) - 10 * across, across + np.array([0, 0, 1e-9])
    )
    assert enter == pytest.approx(10 - half, abs=1e-5)
    assert leave - enter == pytest.approx(2 * half, abs=1e-5)
    np.testing.assert_allclose(normal, -across, atol=1e-6)


def test_a_cone_narrows_evenly() -> None:
    quarry = Quarry()
    quarry.frustum([0, 0, 0], [0, 0, 4], 2.0, 0.0, LOOK)
    for height in (0.5, 1.0, 2.0, 3.5):
        enter, leave, normal = meet(quarry, [-10, 1e-9, height], [1, 0, 0])
        radius = 2.0 * (1 - height / 4)
        assert enter == pytest.approx(10 - radius, abs=1e-5)
        assert leave == pytest.approx(10 + radius, abs=1e-5)
        np.testing.assert_allclose(normal, np.array([-2, 0, 1]) / math.sqrt(5), atol=1e-4)


def test_from_above_a_column_shows_its_end() -> None:
    quarry = Quarry()
    quarry.frustum([1, 2, 0], [1, 2, 3], 0.5, 0.5, LOOK)
    enter, leave, normal = meet(quarry, [1.1, 2, 10], [1e-9, 0, -1])
    assert (enter, leave) == (pytest.approx(7.0), pytest.approx(10.0))
    np.testing.assert_allclose(normal, [0, 0, 1], atol=1e-9)


def test_a_capsule_is_round_at_its_ends() -> None:
    quarry = Quarry()
    quarry.capsule([0, 0, 1], [0, 0, 3], 0.5, LOOK)
    enter, _, normal = meet(quarry, [1e-9, 0, 10], [0, 0, -1])
    assert enter == pytest.approx(6.5)
    np.testing.assert_allclose(normal, [0, 0, 1], atol=1e-6)
    assert meet(quarry, [-5, 1e-9, 2], [1, 0, 0])[0] == pytest.approx(4.5)


def test_a_ring_lets_rays_through_its_middle() -> None:
    quarry = Quarry()
    quarry.torus([0, 0, 0], [0, 0, 1], 2.0, 0.5, LOOK)
    assert meet(quarry, [0.1, 0, 9], [0, 1e-9, -1])[0] == math.inf
    assert meet(quarry, [2.0, 0, 9], [0, 1e-9, -1])[0] == pytest.approx(8.5, abs=0.02)
    assert meet(quarry, [-9, 0, 0], [1, 1e-9, 0])[0] == pytest.approx(6.5, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-0.9, 0.9), y=st.floats(-0.9, 0.9))
def test_a_body_of_planes_is_a_box_where_its_planes_are(x, y) -> None:
    box, planes = Quarry(), Quarry()
    box.box([0, 0, 0], [1, 1, 2], LOOK)
    faces = [[1, 0, 0, 1], [-1, 0, 0, 1], [0, 1, 0, 1], [0, -1, 0, 1], [0, 0, 1, 2], [0, 0, -1, 2]]
    planes.convex(faces, -2, [-1, -1, -2], [1, 1, 2], LOOK)
    origin, direction = [7, -5, 6], np.array([x, y, 0]) - [7, -5, 6]
    first, second = meet(box, origin, direction), meet(planes, origin, direction)
    assert first[:2] == pytest.approx(second[:2], abs=1e-6)
    np.testing.assert_allclose(first[2], second[2], atol=1e-6)
