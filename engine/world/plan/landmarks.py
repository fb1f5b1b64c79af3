"""The sights of Manhattan and the paper's six landmarks, at their true centres with their true heights."""

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.world.plan.elements import Ground, Landmark

# name, latitude, longitude, height, heading of the front, radius of its grounds, photographed from (near, far), ground
_Row = tuple[str, float, float, float, float, float, float, float, Ground]
_CITY: tuple[_Row, ...] = (
    ("Empire State Building", 40.7484, -73.9857, 443, 119, 62, 180, 900, "street"),
    ("Chrysler Building", 40.7516, -73.9755, 319, 299, 32, 120, 600, "street"),
    ("Flatiron Building", 40.7411, -73.9897, 87, 22, 30, 50, 220, "street"),
    ("Brooklyn Bridge", 40.7061, -73.9969, 84, 136, 0, 60, 900, "deck"),
    ("One World Trade Center", 40.7130, -74.0132, 541, 119, 40, 150, 1200, "plaza"),
    ("United Nations", 40.7489, -73.9680, 154, 119, 70, 80, 350, "plaza"),
    ("The Met", 40.7794, -73.9632, 30, 119, 105, 120, 200, "lawn"),
    ("MoMA", 40.7614, -73.9776, 60, 209, 38, 40, 130, "street"),
    ("Washington Square Arch", 40.7312, -73.9971, 23.5, 29, 12, 20, 130, "plaza"),
    ("Grand Central Terminal", 40.7527, -73.9772, 40, 209, 62, 75, 260, "street"),
    ("Charging Bull", 40.7055, -74.0134, 3.4, 10, 5, 6, 25, "plaza"),
)
_SITES: tuple[_Row, ...] = (
    ("Leaning Tower of Pisa", 43.7230, 10.3966, 56, 180, 10, 30, 105, "lawn"),
    ("Washington Monument", 38.8895, -77.0353, 169, 90, 20, 90, 500, "lawn"),
    ("Stonehenge", 51.1789, -1.8262, 7, 50, 20, 28, 90, "lawn"),
    ("Arc de Triomphe", 48.8738, 2.2950, 50, 116, 30, 62, 126, "plaza"),
    ("Space Needle", 47.6205, -122.3493, 184, 0, 25, 62, 300, "plaza"),
    ("Statue of Liberty", 40.6892, -74.0445, 93, 150, 60, 70, 260, "lawn"),
)


# The cathedral and the town wall of Pisa; the museum, the science centre and the arena of Seattle Center.
_HIDDEN = {
    "leaning-tower-of-pisa": ((244.0, 300.0, 42.0), (300.0, 35.0, 60.0)),
    "space-needle": ((50.0, 118.0, 70.0), (150.0, 212.0, 92.0), (286.0, 332.0, 165.0)),
}


def _landmark(row: _Row, in_city: bool) -> Landmark:
    name, latitude, longitude, height_m, heading_deg, grounds_m, near_m, far_m, ground = row
    key = name.lower().replace(" ", "-")
    site = "manhattan" if in_city else key
    place = Place(latitude, longitude)
    reach_m, hidden = (near_m, far_m), _HIDDEN.get(key, ())
    return Landmark(key, name, place, height_m, heading_deg, site, grounds_m, reach_m, ground, hidden)


SITES: dict[str, Landmark] = {mark.key: mark for mark in (_landmark(row, False) for row in _SITES)}
"""The paper's six landmarks, each a scene of its own, by key; centres as the paper gives them."""

LANDMARKS: dict[str, Landmark] = {
    "statue-of-liberty": SITES["statue-of-liberty"],
    **{mark.key: mark for mark in (_landmark(row, True) for row in _CITY)},
}
"""The sights that stand in the plan of Manhattan, by key; the Statue of Liberty is a site as well."""


def find_landmark(name: str) -> Landmark:
    """The landmark of that key or name, or of words that only its name has; in any case of letters.

    Raises BadRequest with the ones that exist.
    """
    wanted = name.strip().lower().replace(" ", "-")
    everything = LANDMARKS | SITES
    if wanted in everything:
        return everything[wanted]
    alike = [mark for key, mark in everything.items() if {*wanted.split("-")} <= {*key.split("-")}]
    if len(alike) == 1:
        return alike[0]
    raise BadRequest(f'there is no landmark "{name[:60]}"; choose one of {", ".join(sorted(everything))}')
