"""The sun goes from east to west, the colours of the sky follow it, and noise is the same everywhere."""

import math

import numpy as np
import pytest
import torch

from engine.world.raycast.light import Weather, light_at, sun_direction
from engine.world.raycast.noise import hashed, smooth
from engine.world.raycast.palette import linear
from engine.world.raycast.sky import gradient, hazed, sky


def test_the_sun_rises_in_the_east_and_sets_in_the_west() -> None:
    assert sun_direction(8, 6, 40.75)[0] > 0.3
    assert sun_direction(16, 6, 40.75)[0] < -0.3
    assert sun_direction(12, 6, 40.75)[0] == pytest.approx(0, abs=1e-9)


def test_at_noon_it_stands_in_the_south_and_higher_in_summer() -> None:
    for month in range(1, 13):
        assert sun_direction(12, month, 40.75)[1] < 0
    summer, winter = (math.degrees(math.asin(sun_direction(12, month, 40.75)[2])) for month in (6.7, 12.7))
    assert summer == pytest.approx(90 - 40.75 + 23.4, abs=1.0)
    assert winter == pytest.approx(90 - 40.75 - 23.4, abs=1.0)


def test_directions_have_unit_length_and_midnight_is_below_the_horizon() -> None:
    for hour in range(24):
        assert np.linalg.norm(sun_direction(hour, 3, 51.0)) == pytest.approx(1.0)
    assert sun_direction(0, 6, 40.75)[2] < 0


def test_night_burns_lamps_and_day_does_not() -> None:
    assert light_at(23, 6).night == 1.0
    assert light_at(12, 6).night == 0.0
    assert sum(light_at(23, 6).sun_colour) == 0.0
    assert sum(light_at(12, 6).ambient) > 10 * sum(light_at(23, 6).ambient)


def test_evening_light_is_warmer_than_noon() -> None:
    noon, evening = light_at(12, 6).sun_colour, light_at(19, 6).sun_colour
    assert evening[0] / evening[2] > noon[0] / noon[2]


@pytest.mark.parametrize("weather", ["clear", "cloudy", "rain", "snow"])
def test_daylight_grows_warmer_from_morning_to_evening_under_every_sky(weather) -> None:
    """At the same height of the sun, for otherwise a picture could not tell eight o'clock from four."""
    warmth = [
        light.ambient[0] / light.ambient[2]
        for light in (light_at(hour, 6, weather=weather) for hour in (7.5, 10, 14, 16.5))
    ]
    assert warmth == sorted(warmth)
    assert warmth[-1] > 1.3 * warmth[0]


def test_rain_is_darker_than_clouds_and_clouds_are_lit_by_the_city_at_night() -> None:
    cloudy, rain = (light_at(13, 6, weather=weather) for weather in ("cloudy", "rain"))
    assert sum(rain.horizon) < 0.6 * sum(cloudy.horizon)
    night = light_at(23, 6, weather="cloudy").horizon
    assert night[0] > night[2]
    assert sum(night) < 0.2 * sum(cloudy.horizon)


def test_stars_stand_in_a_clear_night_alone() -> None:
    d = torch.nn.functional.normalize(
        torch.randn(3, 40_000, generator=torch.Generator().manual_seed(0)), dim=0
    )
    d = d[:, d[2] > 0.3]

    def bright(hour: float, weather: Weather) -> int:
        seen = sky(d, light_at(hour, 6, weather=weather)).sum(0)
        return int((seen > seen.median() + 0.5).sum())

    assert bright(23, "clear") > 20
    assert bright(23, "cloudy") == 0


def test_weather_takes_the_sun_away() -> None:
    clear = sum(light_at(12, 6).sun_colour)
    assert sum(light_at(12, 6, weather="cloudy").sun_colour) < 0.3 * clear
    assert light_at(12, 6, weather="rain").wet == 1.0
    assert light_at(12, 1, weather="snow").snow == 1.0


def test_leaves_turn_in_october_and_are_gone_in_january() -> None:
    assert light_at(12, 7.5).autumn == 0.0
    assert light_at(12, 10.5).autumn == 1.0
    assert light_at(12, 1.5).bare == 1.0
    assert light_at(12, 7.5).bare == 0.0


def test_the_sky_is_brighter_around_the_sun() -> None:
    light = light_at(9, 6)
    towards = torch.tensor(light.sun)[:, None]
    away = towards * torch.tensor([-1.0, -1.0, 1.0])[:, None]
    assert gradient(towards, light).sum() > gradient(away, light).sum()


def test_distance_ends_in_the_colour_of_the_horizon() -> None:
    light = light_at(12, 6)
    d = torch.tensor([[1.0], [0.0], [0.0]])
    red = torch.tensor([[1.0], [0.0], [0.0]])
    near, far = (hazed(red, d, torch.tensor([distance]), light) for distance in (0.0, 1e6))
    torch.testing.assert_close(near, red)
    torch.testing.assert_close(far, gradient(d, light))


def test_noise_is_in_range_steady_and_repeats_every_256() -> None:
    x = torch.linspace(-40, 40, 4001)
    values = smooth(x, x * 0.7 + 3)
    assert values.min() >= 0
    assert values.max() <= 1
    assert (values[1:] - values[:-1]).abs().max() < 0.08
    torch.testing.assert_close(smooth(x + 256, x), smooth(x, x), atol=2e-3, rtol=0)


def test_hashes_differ_by_cell_and_by_seed() -> None:
    i, j = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    values = hashed(i.reshape(-1), j.reshape(-1))
    assert values.mean() == pytest.approx(0.5, abs=0.03)
    assert len(torch.unique(values)) > 1500
    assert (hashed(i, j, 1) != hashed(i, j, 2)).float().mean() > 0.99


def test_hexadecimal_colours_become_linear_light() -> None:
    np.testing.assert_allclose(linear("#000000"), 0)
    np.testing.assert_allclose(linear("#ffffff"), 1)
    np.testing.assert_allclose(linear("#808080"), 0.2158605, atol=1e-6)
    np.testing.assert_allclose(linear((0.1, 0.2, 0.3)), [0.1, 0.2, 0.3])
