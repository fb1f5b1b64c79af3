"""The moment of a photo: day, hour and weather as tourists meet them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from engine.world.clock import local_time
from engine.world.shot import Season, Weather, season_of

_FIRST_DAY = date(2022, 1, 1)
_DAYS = 3 * 365
# Tourists by month, January first.
_MONTHS = np.array([0.6, 0.6, 0.8, 1.0, 1.1, 1.2, 1.2, 1.2, 1.1, 1.2, 1.0, 1.1])
_WEATHER: dict[Season, dict[Weather, float]] = {
    "winter": {"clear": 0.4, "cloudy": 0.25, "rain": 0.08, "snow": 0.27},
    "spring": {"clear": 0.55, "cloudy": 0.27, "rain": 0.18, "snow": 0.0},
    "summer": {"clear": 0.64, "cloudy": 0.22, "rain": 0.14, "snow": 0.0},
    "autumn": {"clear": 0.55, "cloudy": 0.28, "rain": 0.17, "snow": 0.0},
}


@dataclass(frozen=True)
class Moment:
    """When, and under which sky."""

    taken_at: datetime
    weather: Weather


def moment(site: str, rng: np.random.Generator) -> Moment:
    """A day between 2022 and 2024, mostly in daylight, one photo in five after dark, snow in winter only."""
    while True:
        day = _FIRST_DAY + timedelta(days=int(rng.integers(_DAYS)))
        if rng.random() < _MONTHS[day.month - 1] / _MONTHS.max():
            break
    hour = rng.uniform(18.5, 23.5) if rng.random() < 0.24 else float(np.clip(rng.normal(13, 3.4), 6, 21))
    chances = _WEATHER[season_of(day.month)]
    weather = list(chances)[int(rng.choice(len(chances), p=list(chances.values())))]
    return Moment(local_time(site, day, hour), weather)
