"""Sun, sky and weather of one moment: where the light comes from and what colour it has."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.world.raycast.palette import linear

Colour = tuple[float, float, float]
Weather = Literal["clear", "cloudy", "rain", "snow"]

_ELEVATIONS = (-18.0, -8.0, -3.0, 1.0, 6.0, 14.0, 30.0)
_ZENITH = ("#0b1226", "#1b2a52", "#3d5288", "#6b84b4", "#7fa3cf", "#78a8da", "#6ea4dc")
_HORIZON = ("#2a2a3e", "#4d4260", "#c98a78", "#f6b98a", "#f7d3a8", "#efe3cc", "#e9ecea")
_SUN = ("#000000", "#000000", "#00000a", "#ff9a55", "#ffb878", "#ffd9a8", "#fff0d8")
_SUN_POWER = (0.0, 0.0, 0.0, 0.7, 1.7, 2.5, 2.9)
_SKY_POWER = (0.10, 0.14, 0.34, 0.62, 0.80, 0.92, 1.0)


@dataclass(frozen=True)
class Light:
    """All that shading knows of time and weather; colours are linear, shares are within [0, 1]."""

    sun: Colour
    """Unit vector towards the sun, also below the horizon."""
    sun_colour: Colour
    zenith: Colour
    horizon: Colour
    ambient: Colour
    """Light of the open sky on level ground."""
    night: float
    """Share of windows and lamps that burn, 0 by day."""
    cloud: float
    snow: float
    wet: float
    autumn: float
    bare: float
    """Share of leaves that have fallen."""
    haze_m: float
    """Distance at which the air hides two thirds."""


def sun_direction(hour: float, month: float, latitude: float) -> Colour:
    """Unit vector towards the sun (east, north, up) at a solar `hour`; the sun culminates at 12."""
    declination = math.radians(-23.44 * math.cos(2 * math.pi * (month - 1 + 10 / 30) / 12))
    angle = math.radians(15 * (hour - 12))
    phi = math.radians(latitude)
    east = -math.cos(declination) * math.sin(angle)
    north = math.cos(phi) * math.sin(declination) - math.sin(phi) * math.cos(declination) * math.cos(angle)
    up = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(angle)
    return east, north, up


def light_at(hour: float, month: float, latitude: float = 40.75, weather: Weather = "clear") -> Light:
    """The light at a solar `hour` (0 to 24) of a `month` (1 to 13, with fractions)."""
    sun = sun_direction(hour, month, latitude)
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, sun[2]))))
    zenith, horizon = _between(_ZENITH, elevation), _between(_HORIZON, elevation)
    sun_colour = _between(_SUN, elevation) * float(np.interp(elevation, _ELEVATIONS, _SUN_POWER))
    sky = float(np.interp(elevation, _ELEVATIONS, _SKY_POWER))
    day = float(np.interp(elevation, (-8, 8), (0, 1)))
    cloud, haze_m = 0.25, 4200.0
    tint = _tint(hour)
    sun_colour = sun_colour * tint**1.5
    zenith, horizon = zenith * (1 + (tint - 1) * 0.7), horizon * tint
    ambient = (zenith * 0.75 + horizon * 0.35) * sky
    if weather != "clear":
        veil = {"cloudy": linear("#d3d5d6"), "rain": linear("#7f8b99"), "snow": linear("#d5d9dd")}[weather]
        # By night the clouds carry the city's own light.
        veil = veil * tint * (0.03 + 0.97 * day) + np.array([0.042, 0.031, 0.026]) * (1 - day)
        share = {"cloudy": 0.93, "rain": 0.96, "snow": 0.95}[weather]
        zenith = zenith * (1 - share) + veil * 0.92 * share
        horizon = horizon * (1 - share) + veil * 1.12 * share
        sun_colour = sun_colour * {"cloudy": 0.10, "rain": 0.02, "snow": 0.07}[weather]
        ambient = (zenith * 0.75 + horizon * 0.75) * {"cloudy": 1.15, "rain": 0.72, "snow": 1.05}[weather]
        cloud, haze_m = 0.0, {"cloudy": 2400.0, "rain": 620.0, "snow": 480.0}[weather]
    elif day < 0.5:
        haze_m = 3200.0
    autumn = float(np.interp(month, (9.2, 10.2, 11.3, 11.9), (0, 1, 1, 0)))
    bare = float(np.interp(month, (3.6, 4.6, 10.9, 11.9), (1, 0, 0, 1)))
    return Light(
        sun=sun,
        sun_colour=_triple(sun_colour),
        zenith=_triple(zenith),
        horizon=_triple(horizon),
        ambient=_triple(ambient),
        night=float(np.interp(elevation, (-4, 5), (1, 0))),
        cloud=cloud,
        snow=1.0 if weather == "snow" else 0.0,
        wet=1.0 if weather == "rain" else 0.0,
        autumn=autumn,
        bare=1.0 if weather == "snow" else bare,
        haze_m=haze_m,
    )


def _tint(hour: float) -> np.ndarray:
    """What the air does to daylight: thin blue mist of the morning, clear noon, gold from the middle afternoon on."""
    hours = (3, 7.3, 9.0, 12.5, 14.2, 15.8, 18.5, 21)
    red = (0.90, 0.84, 0.96, 1.0, 1.03, 1.18, 1.25, 1.0)
    green = (1.0, 0.96, 1.0, 1.0, 1.0, 0.98, 0.95, 1.0)
    blue = (1.12, 1.22, 1.06, 1.0, 0.96, 0.70, 0.60, 1.0)
    return np.array([np.interp(hour, hours, channel) for channel in (red, green, blue)])


def _between(colours: tuple[str, ...], elevation: float) -> np.ndarray:
    """Linear colour for the sun's elevation."""
    table = np.array([linear(colour) for colour in colours])
    return np.array([np.interp(elevation, _ELEVATIONS, table[:, i]) for i in range(3)])


def _triple(colour: np.ndarray) -> Colour:
    return float(colour[0]), float(colour[1]), float(colour[2])
