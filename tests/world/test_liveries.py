"""Each neighbourhood's houses, pavements, lamps and trees wear colours that no other one has."""

from itertools import combinations

import numpy as np
import pytest
import torch

from engine.evaluation.judges.questions import KNOWN_NEIGHBOURHOODS
from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box
from engine.world.plan.city import manhattan
from engine.world.raycast.camera import Camera
from engine.world.raycast.ground import Ground
from engine.world.raycast.index import indexed
from engine.world.raycast.light import light_at
from engine.world.raycast.materials.finish import Flag, Material
from engine.world.raycast.palette import linear, linear_table
from engine.world.raycast.render import render
from engine.world.raycast.scene import Scene
from engine.world.raycast.solids import Look, Quarry
from engine.world.scene.houses import look_columns, trims
from engine.world.scene.lamps import hang_lanterns, light_streets
from engine.world.scene.liveries import LIVERIES, PLAIN, livery_of
from engine.world.scene.manners import MANNERS
from engine.world.scene.streets import Stretch
from engine.world.scene.trees import plant

FRAME = Frame(Box.around([Place(40.75, -73.98)], margin_m=500))
STREET = next(street for street in manhattan().streets if street.width_m < 22 and street.kind == "street")


def stretch(neighbourhood: str) -> Stretch:
    """A hundred metres of narrow street along the east axis."""
    return Stretch(0.0, 0.0, 0.0, 100.0, 9.0, STREET, neighbourhood)


def test_every_neighbourhood_on_the_island_has_a_livery_and_no_livery_is_without_one() -> None:
    names = {part.name for part in manhattan().neighbourhoods if not part.name.endswith(" Island")}
    assert set(LIVERIES) == names - {"Central Park"}
    assert livery_of("Governors Island") is PLAIN


@pytest.mark.parametrize("part", ["banner", "pavement"])
def test_no_two_known_neighbourhoods_share_a_banner_or_a_pavement(part: str) -> None:
    known = [name for name in KNOWN_NEIGHBOURHOODS if name != "Central Park"]
    colours = {
        name: np.concatenate([linear(colour) for colour in getattr(livery_of(name), part)]) for name in known
    }
    for first, second in combinations(known, 2):
        assert np.abs(colours[first] - colours[second]).sum() > 0.15, (first, second)


def test_walls_windows_and_habits_come_from_the_neighbourhood() -> None:
    manner, seeds = MANNERS["brick"], np.arange(40)
    names = np.array(["West Village", "Chelsea"] * 20)
    columns = look_columns(manner, seeds, int(manner.flags), names)
    west, chelsea = names == "West Village", names == "Chelsea"
    assert ((columns["flags"] & int(Flag.IVY)) > 0).tolist() == west.tolist()
    assert ((columns["flags"] & int(Flag.PANES)) > 0).tolist() == chelsea.tolist()
    assert set(columns["numbers"][west, 2]) == {livery_of("West Village").windows["brick"][2]}
    for name, mine in (("West Village", west), ("Chelsea", chelsea)):
        walls = linear_table(livery_of(name).walls["brick"])
        shares = columns["colour"][mine] / np.linalg.norm(columns["colour"][mine], axis=1, keepdims=True)
        pure = walls / np.linalg.norm(walls, axis=1, keepdims=True)
        assert np.abs(shares[:, None] - pure[None]).sum(-1).min(1).max() < 1e-6


def test_a_house_without_a_livery_keeps_the_colours_of_its_facade() -> None:
    manner, seeds = MANNERS["tenement"], np.arange(8)
    columns = look_columns(manner, seeds, int(manner.flags), np.full(8, ""))
    assert np.isnan(columns["accent"]).all()
    assert (columns["flags"] == int(manner.flags)).all()
    assert np.isnan(trims(np.array([""]), np.array([3]))).all()


def test_an_accent_paints_the_trim_and_no_accent_leaves_the_material_its_own() -> None:
    pictures = {}
    for accent in (None, "#00c030"):
        quarry = Quarry()
        look = Look(
            Material.MASONRY, "#a05040", (3.3, 2.4, 0.5, 0.5), int(Flag.BANDS | Flag.BRICK), 3, accent
        )
        quarry.box([0, 16, 6], [14, 3, 6], look)
        full = np.full((80, 80), 255, dtype=np.uint8)
        place = Scene(
            "test", FRAME, indexed(quarry.solids()), Ground(-200, -200, 5.0, {"land": full, "plaza": full})
        )
        torch.set_num_threads(1)
        pictures[accent] = render(
            place, Camera(0, 0, 5.0, 0, 0, 50), light_at(12, 6, weather="cloudy"), 64
        ).astype(int)
    greener = {accent: (picture[..., 1] - picture[..., 0] > 25).sum() for accent, picture in pictures.items()}
    assert greener["#00c030"] > 60
    assert greener[None] == 0


def test_lamps_carry_the_banner_of_their_street_and_stand_behind_the_kerb() -> None:
    quarry = Quarry()
    light_streets([stretch("Chelsea")], quarry, np.random.default_rng(0))
    boxes = quarry.solids()["box"]
    cloth = boxes.take(boxes.material == Material.STRIPES)
    assert len(cloth) >= 4
    found = {tuple(colour.tolist()) for colour in cloth.look[:, :3].astype(float).round(4)}
    assert found == {tuple(linear(colour).round(4).tolist()) for colour in livery_of("Chelsea").banner or ()}
    assert (np.abs(cloth.centre[:, 1]) > 4.5 + 0.7).all()


def test_lanterns_hang_only_where_they_are_asked_for() -> None:
    quarry = Quarry()
    hang_lanterns([stretch("Chinatown"), stretch("SoHo")], {"Chinatown"}, quarry)
    balls = quarry.solids()["ellipsoid"]
    assert len(balls) > 20
    assert (balls.centre[:, 2] > 4.5).all()
    nothing = Quarry()
    hang_lanterns([stretch("SoHo")], {"Chinatown"}, nothing)
    assert not any(len(table) for table in nothing.solids().values())


def test_leaves_are_the_neighbourhoods() -> None:
    quarry = Quarry()
    plant(np.zeros((6, 2)), np.full(6, 9.0), quarry, 1, ["West Village"] * 3 + ["Harlem"] * 3)
    crowns = quarry.solids()["ellipsoid"]
    far = crowns.look[-6:, :3]  # one ball each, as seen from afar, is added last
    for name, colours in (("West Village", far[:3]), ("Harlem", far[3:])):
        leaves = linear_table(livery_of(name).leaves)
        assert np.abs(colours[:, None] - leaves[None]).sum(-1).min(1).max() < 1e-6
