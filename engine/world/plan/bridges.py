"""The bridges that leave the island, from abutment to abutment."""

from engine.geo.region import Path
from engine.world.plan.elements import Bridge
from engine.world.plan.grid import trace

# path, width, deck at mid-span, towers, height of the towers
_BRIDGES: dict[str, tuple[str, float, float, str, float]] = {
    "Brooklyn Bridge": (
        "40.7120,-74.0042 40.7096,-74.0012 40.7078,-73.9990 40.7043,-73.9948 40.7010,-73.9904",
        26, 41, "40.7078,-73.9990 40.7043,-73.9948", 84,
    ),
    "Manhattan Bridge": (
        "40.7158,-73.9948 40.7107,-73.9920 40.7097,-73.9915 40.7058,-73.9896 40.6995,-73.9868",
        36, 41, "40.7097,-73.9915 40.7058,-73.9896", 98,
    ),
    "Williamsburg Bridge": (
        "40.7168,-73.9830 40.7149,-73.9759 40.7144,-73.9740 40.7127,-73.9685 40.7106,-73.9615",
        36, 41, "40.7144,-73.9740 40.7127,-73.9685", 102,
    ),
    "Queensboro Bridge": (
        "59.6/e850 59.6/e1370 59.6/e1520 59.6/e1780 59.6/e2040 40.7500,-73.9440",
        30, 40, "59.6/e1400 59.6/e1640 59.6/e1830 59.6/e1990", 106,
    ),
    "George Washington Bridge": (
        "40.8498,-73.9412 40.8506,-73.9470 40.8533,-73.9588 40.8545,-73.9640",
        36, 65, "40.8506,-73.9470 40.8533,-73.9588", 184,
    ),
    "Robert F. Kennedy Bridge": ("40.8018,-73.9312 40.8003,-73.9270 40.7975,-73.9215", 28, 17, "", 0),
    "Willis Avenue Bridge": ("125.0/e1085 40.8055,-73.9262", 20, 8, "", 0),
    "Third Avenue Bridge": ("128.6/e655 40.8083,-73.9310 40.8095,-73.9290", 20, 8, "", 0),
    "Madison Avenue Bridge": ("138/e150 40.8133,-73.9345 40.8143,-73.9300", 20, 8, "", 0),
    "145th Street Bridge": ("145/w150 40.8194,-73.9330 40.8190,-73.9300", 20, 8, "", 0),
    "Macombs Dam Bridge": ("40.8297,-73.9362 40.8283,-73.9338 40.8276,-73.9310", 18, 9, "", 0),
    "High Bridge": ("40.8427,-73.9322 40.8420,-73.9290", 6, 34, "", 0),
    "Washington Bridge": ("40.8475,-73.9318 40.8462,-73.9262", 24, 41, "", 0),
    "University Heights Bridge": ("40.8633,-73.9165 40.8622,-73.9130", 18, 8, "", 0),
    "Broadway Bridge": ("40.8727,-73.9122 40.8743,-73.9108", 22, 8, "", 0),
    "Henry Hudson Bridge": ("40.8764,-73.9232 40.8798,-73.9212", 20, 44, "", 0),
    "Roosevelt Island Bridge": ("40.7655,-73.9472 40.7648,-73.9440 40.7640,-73.9400", 14, 12, "", 0),
    "Hell Gate Bridge": ("40.7840,-73.9255 40.7805,-73.9200 40.7775,-73.9165", 20, 41, "", 0),
    "Ward's Island Bridge": ("40.7867,-73.9387 40.7885,-73.9340", 5, 17, "", 0),
}  # fmt: skip


def bridges() -> tuple[Bridge, ...]:
    """Every bridge; those with towers are the suspension and cantilever ones."""
    return tuple(
        Bridge(name, Path(trace(path)), width_m, deck_m, trace(towers), tower_height_m)
        for name, (path, width_m, deck_m, towers, tower_height_m) in _BRIDGES.items()
    )
