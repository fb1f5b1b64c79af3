"""A tourist's shot becomes a picture: the camera, the light, the street's life and the subject of that moment."""

from datetime import UTC

import numpy as np
import torch
from jaxtyping import UInt8

from engine.world.raycast.camera import Camera
from engine.world.raycast.intersect import INTERVALS
from engine.world.raycast.light import Light, light_at
from engine.world.raycast.render import render
from engine.world.raycast.scene import Scene
from engine.world.raycast.solids import Kind, Quarry, Solids, joined
from engine.world.scene.life import View, bustle
from engine.world.scene.stage import Stage
from engine.world.scene.subjects import place_subject
from engine.world.shot import TouristShot

_LIFE_M = 260.0
_NEAREST_SUBJECT_M = 2.5
_WALLS_M = 60.0


def render_shot(
    stage: Stage,
    shot: TouristShot,
    size_px: int = 256,
    supersampling: int = 2,
    device: torch.device | str = "cpu",
) -> UInt8[np.ndarray, "H W 3"]:
    """The picture of a shot, without its style; the same shot gives the same bytes."""
    scene = stage.scene
    east, north = scene.frame.to_metres(shot.place_true.latitude, shot.place_true.longitude)
    camera = Camera(east, north, shot.eye_height_m, shot.heading_deg, shot.pitch_deg, shot.fovy_deg)
    rng = np.random.default_rng([shot.index, 1811])
    subject, towards, away = Quarry(), None, 0.0
    if shot.subject is not None:
        bearing = np.radians(shot.heading_deg + shot.subject.offset_deg)
        towards = np.array([np.sin(bearing), np.cos(bearing)])
        free = _free_m(scene, np.array([east, north]), towards)
        away = min(shot.subject.distance_m, max(free - 1.2, _NEAREST_SUBJECT_M))
        spot = np.array([east, north]) + towards * away
        place_subject(shot.subject.kind, spot, shot.subject.turn_deg, subject, rng)
    street = Quarry()
    view = View(np.array([east, north]), shot.heading_deg, towards, away)
    bustle(stage.near(east, north, _LIFE_M), view, shot.weather == "rain", street, rng)
    walkers = street.solids()
    guests: dict[Kind, Solids] = {
        kind: joined([table, walkers[kind]], kind) for kind, table in subject.solids().items()
    }
    return render(
        scene,
        camera,
        light_of(shot, scene.latitude),
        size_px,
        supersampling,
        device,
        flakes_seed=shot.index % 9973,
        guests=guests,
    )


def light_of(shot: TouristShot, latitude: float) -> Light:
    """Light of the shot's moment: the sun goes by solar time, clocks by their zone."""
    moment = shot.taken_at.astimezone(UTC) if shot.taken_at.tzinfo else shot.taken_at
    hour = moment.hour + moment.minute / 60 + moment.second / 3600
    if shot.taken_at.tzinfo:
        hour += shot.place_true.longitude / 15
    month = shot.taken_at.month + (shot.taken_at.day - 1) / 31
    return light_at(hour % 24, month, latitude, shot.weather)


def _free_m(scene: Scene, eye: np.ndarray, towards: np.ndarray) -> float:
    """Distance to the first wall in that direction, at the height of a waist."""
    boxes = scene.solids["box"]
    near = boxes.solids.geometry[boxes.rows(eye, _WALLS_M, 0.02)]
    rows = torch.from_numpy(near - np.array([*eye, 0, 0, 0, 0, 0, 0]))
    o = [
        torch.zeros(1, dtype=rows.dtype),
        torch.zeros(1, dtype=rows.dtype),
        torch.full((1,), 1.0, dtype=rows.dtype),
    ]
    d = [torch.full((1,), float(value), dtype=rows.dtype) for value in (*towards, 1e-9)]
    enter, leave = INTERVALS["box"](o, d, rows.unbind(1))
    hits = enter[(enter < leave) & (enter > 0)]
    return float(hits.min()) if len(hits) else _WALLS_M
