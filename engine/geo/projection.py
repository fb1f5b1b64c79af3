"""Transverse Mercator: degrees to metres around one meridian and back, true to scale along it.

Over a city it is true everywhere: a length 50 km from the meridian is 0.003 % too long. Source: C. Karney,
Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85 (2011), series in the third flattening.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from engine.geo.ellipsoid import ECCENTRICITY, FLATTENING, SEMI_MAJOR_M, Array, half_turn

_N: Final = FLATTENING / (2 - FLATTENING)
_RADIUS_M: Final = SEMI_MAJOR_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_TO_METRES: Final = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3 + 41 / 180 * _N**4,
    13 / 48 * _N**2 - 3 / 5 * _N**3 + 557 / 1440 * _N**4,
    61 / 240 * _N**3 - 103 / 140 * _N**4,
    49561 / 161280 * _N**4,
)
_FROM_METRES: Final = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)
_FROM_CONFORMAL: Final = (
    2 * _N - 2 / 3 * _N**2 - 2 * _N**3 + 116 / 45 * _N**4,
    7 / 3 * _N**2 - 8 / 5 * _N**3 - 227 / 45 * _N**4,
    56 / 15 * _N**3 - 136 / 35 * _N**4,
    4279 / 630 * _N**4,
)


def project(latitude: ArrayLike, longitude: ArrayLike, meridian: float) -> tuple[Array, Array]:
    """Metres east of the meridian and north of the equator.

    Exact to a millimetre within 30 degrees of the meridian and meaningless near 90.
    """
    east = np.radians(half_turn(np.subtract(longitude, meridian)))
    tangent = np.tan(np.radians(latitude))
    isometric = np.arcsinh(tangent) - ECCENTRICITY * np.arctanh(ECCENTRICITY * tangent / np.hypot(1, tangent))
    conformal = np.sinh(isometric)
    xi = np.arctan2(conformal, np.cos(east))
    eta = np.arcsinh(np.sin(east) / np.hypot(conformal, np.cos(east)))
    xi_moved, eta_moved = _series(xi, eta, _TO_METRES)
    return _RADIUS_M * (eta + eta_moved), _RADIUS_M * (xi + xi_moved)


def unproject(east_m: ArrayLike, north_m: ArrayLike, meridian: float) -> tuple[Array, Array]:
    """Latitude and longitude, [-180, 180), of metres east of the meridian and north of the equator."""
    xi, eta = np.divide(north_m, _RADIUS_M), np.divide(east_m, _RADIUS_M)
    xi_moved, eta_moved = _series(xi, eta, _FROM_METRES)
    xi, eta = xi - xi_moved, eta - eta_moved
    conformal = np.arctan2(np.sin(xi), np.hypot(np.sinh(eta), np.cos(xi)))
    latitude = conformal + _sum(term * np.sin(k * conformal) for k, term in _even(_FROM_CONFORMAL))
    return np.degrees(latitude), half_turn(meridian + np.degrees(np.arctan2(np.sinh(eta), np.cos(xi))))


def _series(xi: Array, eta: Array, terms: tuple[float, ...]) -> tuple[Array, Array]:
    return (
        _sum(term * np.sin(k * xi) * np.cosh(k * eta) for k, term in _even(terms)),
        _sum(term * np.cos(k * xi) * np.sinh(k * eta) for k, term in _even(terms)),
    )


def _even(terms: tuple[float, ...]) -> Iterator[tuple[int, float]]:
    """Each term with the multiple of the angle that it belongs to: 2, 4, 6, 8."""
    return ((2 * order, term) for order, term in enumerate(terms, start=1))


def _sum(arrays: Iterable[Array]) -> Array:
    return sum(arrays, np.zeros(()))
