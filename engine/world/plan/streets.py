"""The streets on the grid: avenues, numbered streets and Broadway, cut where a park or a great lot lies across."""

from itertools import pairwise

from engine.geo.place import Place
from engine.geo.region import Path
from engine.world.plan.downtown import downtown
from engine.world.plan.elements import Street, StreetKind
from engine.world.plan.grid import AVENUES, corner, on_grid, trace

# name, line, from street, to street, width
_AVENUES: tuple[tuple[str, str, float, float, float], ...] = (
    ("Eleventh Avenue", "11", 21, 59, 30),
    ("West End Avenue", "11", 59, 107, 30),
    ("Tenth Avenue", "10", 14, 59, 30),
    ("Amsterdam Avenue", "10", 59, 190, 30),
    ("Ninth Avenue", "9", 14, 59, 30),
    ("Columbus Avenue", "9", 59, 110, 30),
    ("Eighth Avenue", "8", 14, 59, 30),
    ("Central Park West", "8", 59, 110, 30),
    ("Frederick Douglass Boulevard", "8", 110, 155, 30),
    ("Seventh Avenue", "7", 14, 59, 30),
    ("Adam Clayton Powell Jr. Boulevard", "7", 110, 153, 42),
    ("Avenue of the Americas", "6", 8.6, 59, 30),
    ("Malcolm X Boulevard", "6", 110, 147, 42),
    ("Fifth Avenue", "5", 6.8, 142, 30),
    ("Madison Avenue", "madison", 23, 138, 24),
    ("Park Avenue South", "park", 17, 32, 38),
    ("Park Avenue", "park", 32, 132, 42),
    ("Irving Place", "lexington", 14, 20, 20),
    ("Lexington Avenue", "lexington", 21, 131, 23),
    ("Third Avenue", "3", 6.5, 128, 30),
    ("Second Avenue", "2", 0.8, 128, 30),
    ("First Avenue", "1", 0.8, 125, 30),
    ("Avenue A", "A", 0.8, 14, 24),
    ("York Avenue", "A", 59, 92, 30),
    ("Sutton Place", "A", 53, 59, 22),
    ("Pleasant Avenue", "A", 114, 120, 20),
    ("Avenue B", "B", 0.8, 14, 18),
    ("East End Avenue", "B", 79, 90, 24),
    ("Avenue C", "C", 1.0, 18, 24),
    ("Avenue D", "D", 1.4, 13, 24),
)

# name, path, width, kind: what does not follow the grid although it crosses it
_DIAGONALS: tuple[tuple[str, str, float, StreetKind], ...] = (
    (
        "Broadway",
        """40.7047,-74.0138 40.7062,-74.0130 40.7078,-74.0117 40.7092,-74.0106 40.7112,-74.0093 40.7144,-74.0061
        40.7170,-74.0040 40.7195,-74.0019 40.7229,-73.9986 40.7256,-73.9967 40.7278,-73.9948 40.7303,-73.9927
        40.7318,-73.9913 14/e275 17/e205 20/e122 22/e65 23/e38 24/e10 25/w22 26/w62 30/w185 34.4/w300 38/w405
        42/w505 45/w575 48/w635 52/w715 56/w790 58.8/w855 62/w960 65.5/w1120 68.5/w1260 71.5/w1395 74/w1470 78/w1515
        84/w1535 96/w1540 102/w1555 105/w1600 107.5/w1672 116/11 135/11 155/11 168/w1682 171/w1760 175/w1830 181/w1930
        188/w2010 40.8612,-73.9308 40.8655,-73.9273 40.8681,-73.9199 40.8705,-73.9155 40.8729,-73.9120""",
        28, "avenue",
    ),
    ("Fourth Avenue", "40.7292,-73.9905 40.7317,-73.9895 14/e390", 28, "avenue"),
    ("Union Square East", "14/e400 17/e345", 24, "street"),
    ("St. Nicholas Avenue", """111/w311 117/w585 122/w860 125.7/w985 135/w1025 145/w1125 155/w1250 162/w1408
        168/w1670 181/w1690 193/w1700""", 30, "avenue"),
    ("Riverside Drive", """72/w1800 80/w1872 86/w1884 91/w1834 96/w1844 104/w1852 110/w1844 116/w1862 122/w1884
        126/w1884 135/w1868 145/w1855 155/w1805 158/w1790 162/w1960 168/w2090 177/w2120""", 30, "avenue"),
    ("Twelfth Avenue", """40.7425,-74.0090 40.7447,-74.0088 40.7467,-74.0085 22/w1730 24/w1760 26/w1840
        30/w1925 34/w1958 40/w1950 49/w1902 55/w1912 57/w1935
        59/w1985""", 40, "highway"),
    ("Henry Hudson Parkway", """59/w1985 62/w1978 64/w1915 68/w1918 72/w1960 79/w1958 91/w1970 104/w1985 115/w2010
        125/w2015 136/w2045 146/w2120 155/w2108 161/w2125 167/w2260 173/w2500 176/w2610 40.8500,-73.9440
        40.8553,-73.9420 40.8602,-73.9390 40.8680,-73.9332 40.8722,-73.9292 40.8764,-73.9232""", 24, "highway"),
    ("FDR Drive", """40.7012,-74.0112 40.7026,-74.0087 40.7046,-74.0050 40.7064,-74.0022 40.7084,-73.9990
        40.7095,-73.9960 40.7098,-73.9920 40.7101,-73.9850 40.7107,-73.9800 40.7119,-73.9782 40.7151,-73.9771
        40.7184,-73.9759 40.7219,-73.9747 40.7262,-73.9730 40.7292,-73.9724 40.7322,-73.9746 40.7347,-73.9757
        40.7363,-73.9748 40.7395,-73.9732 40.7424,-73.9722 40.7453,-73.9711 38/e1195 42/e1252 48/e1292
        40.7532,-73.9643 40.7555,-73.9619 40.7585,-73.9592 40.7615,-73.9573 40.7648,-73.9546 40.7678,-73.9502
        40.7707,-73.9477 40.7737,-73.9450 40.7758,-73.9428 40.7789,-73.9431 40.7812,-73.9442 40.7836,-73.9432
        40.7866,-73.9392 40.7892,-73.9370 40.7918,-73.9352 40.7947,-73.9307 40.7968,-73.9296 40.8018,-73.9297""",
        24, "highway"),
    ("Harlem River Drive", """40.8018,-73.9297 40.8040,-73.9312 40.8070,-73.9335 40.8100,-73.9345 40.8130,-73.9345
        40.8197,-73.9349 40.8245,-73.9351 40.8290,-73.9361 40.8330,-73.9362 40.8370,-73.9346 40.8423,-73.9319
        40.8470,-73.9295 40.8520,-73.9261 40.8560,-73.9232 40.8590,-73.9218""", 24, "highway"),
    ("Cathedral Parkway", "110/w860 110/w1850", 30, "street"),
    ("Morningside Drive", "110/w1146 123/w1146", 20, "street"),
    ("Morningside Avenue", "114/w992 127/w992", 22, "street"),
    ("Manhattan Avenue", "100/w985 125/w950", 22, "street"),
    ("Claremont Avenue", "116/w1785 127/w1785", 20, "street"),
    ("Convent Avenue", "127/w1215 152/w1225", 22, "street"),
    ("Edgecombe Avenue", "136/w1040 145/w1060 155/w1145", 20, "street"),
    ("Fort Washington Avenue", "159/w1790 168/w1900 175/w2010 181/w2090 190/w2150 40.8600,-73.9335", 24, "street"),
    ("Audubon Avenue", "165/w1555 193/w1560", 22, "street"),
    ("Wadsworth Avenue", "173/w1775 181/w1800 193/w1815", 22, "street"),
    ("Dyckman Street", "40.8693,-73.9318 40.8655,-73.9273 40.8605,-73.9253 40.8592,-73.9228", 30, "street"),
    ("Nagle Avenue", "40.8588,-73.9300 40.8605,-73.9253 40.8635,-73.9195", 24, "street"),
    ("Tenth Avenue, Inwood", "40.8635,-73.9195 40.8668,-73.9170 40.8693,-73.9151 40.8718,-73.9128", 30, "avenue"),
    ("Seaman Avenue", "40.8665,-73.9287 40.8690,-73.9235 40.8717,-73.9190 40.8728,-73.9160", 20, "street"),
    ("Sherman Avenue", "40.8620,-73.9290 40.8648,-73.9232 40.8672,-73.9183", 24, "street"),
    ("West 207th Street", "40.8690,-73.9235 40.8681,-73.9199 40.8657,-73.9177 40.8633,-73.9150", 30, "street"),
    ("Isham Street", "40.8707,-73.9207 40.8690,-73.9185 40.8672,-73.9163", 24, "street"),
    ("West 215th Street", "40.8717,-73.9190 40.8705,-73.9160 40.8693,-73.9148", 24, "street"),
    ("65th Street Transverse", "65.2/w15 65.6/w300 66/w500 65.6/w845", 14, "street"),
    ("79th Street Transverse", "79.2/w15 79.1/w300 79.0/w500 80.6/w845", 14, "street"),
    ("86th Street Transverse", "84.8/w15 85.5/w300 85.9/w650 86/w845", 14, "street"),
    ("97th Street Transverse", "97.1/w15 96.8/w300 96.9/w600 96.7/w845", 14, "street"),
    ("Park Drive", """60.3/w40 62/w75 64/w140 66/w210 69/w190 72/w110 76/w130 79/w190 81/w150 84/w140 86/w55 91/w45
        96/w55 99/w120 102/w150 104.5/w200 106.4/w260 108/w430 109.3/w600 107.5/w710 104/w655 100.5/w655 96.6/w750
        91/w765 86.5/w745 82/w760 78/w800 74/w800 71/w775 68/w800 64/w770 61.5/w640 60.6/w430 61.4/w320
        62.6/w210 64/w140""", 12, "path"),
    ("The Mall", "66.6/w270 69.4/w225 72/w205", 14, "path"),
)  # fmt: skip

# Central Park and whatever else interrupts the grid: from street, to street, from and to metres west of Fifth.
_SUPERBLOCKS: dict[str, tuple[float, float, float, float]] = {
    "Central Park": (59, 110, 0, 860),
    "Washington Square": (4.7, 6.75, -125, 135),
    "Union Square": (14, 17, -400, -225),
    "Madison Square": (23, 26, -155, -5),
    "Gramercy Park": (20, 21, -530, -405),
    "Stuyvesant Square": (15, 17, -920, -755),
    "Tompkins Square": (7, 10, -1505, -1284),
    "Stuyvesant Town": (14, 20, -1735, -1067),
    "Peter Cooper Village": (20, 23, -1560, -1067),
    "Bellevue": (25, 30, -1500, -1067),
    "Langone": (30, 34, -1500, -1067),
    "Bryant Park": (40, 42, 0, 311),
    "Pennsylvania Station": (31, 33, 585, 1134),
    "Rail yards": (30, 33, 1408, 1957),
    "Javits Center": (34, 39, 1682, 1957),
    "Port Authority": (40, 42, 870, 1134),
    "Grand Central": (42, 45, -420, -235),
    "United Nations": (42, 48, -1500, -1067),
    "Rockefeller University": (62, 68, -1500, -1284),
    "Fordham": (60, 62, 1134, 1408),
    "Lincoln Center": (62, 66, 1134, 1408),
    "Amsterdam Houses": (61, 64, 1408, 1682),
    "Museum of Natural History": (77, 81, 860, 1134),
    "Frederick Douglass Houses": (100, 104, 985, 1408),
    "Park West Village": (97, 100, 860, 1408),
    "Morningside Park": (110, 123, 992, 1146),
    "Cathedral of St. John": (110, 113, 1146, 1408),
    "Columbia": (114, 120, 1408, 1682),
    "Jefferson Houses": (112, 115, -1067, -622),
    "Thomas Jefferson Park": (111, 114, -1500, -1067),
    "Taft Houses": (112, 115, -311, 0),
    "Marcus Garvey Park": (120, 124, -130, 90),
    "Grant Houses": (123, 125, 1146, 1682),
    "Manhattanville": (126, 129, 1000, 1682),
    "St. Nicholas Park": (128, 141, 1030, 1160),
    "City College": (131, 140, 1160, 1400),
    "Jackie Robinson Park": (145, 155, 955, 1075),
    "Trinity Cemetery": (153, 155, 1408, 1805),
    "Medical Center": (165, 168, 1690, 2090),
}

_STREET_M = 18.0
_WIDE_STREET_M = 30.0
_WIDE = {14, 23, 34, 42, 57, 59, 72, 79, 86, 96, 106, 110, 116, 125, 135, 145, 155, 181}
_SHORE_MARGIN_M = 80.0


def streets(shore: tuple[Place, ...]) -> tuple[Street, ...]:
    """Every street of Manhattan, avenues first; the numbered ones reach from shore to shore."""
    on_the_grid = [
        Street(name, Path((corner(low, west), corner(high, west))), width_m, "avenue")
        for name, line, start, end, width_m in _AVENUES
        for west in [AVENUES[line]]
        for low, high in _without(start, end, _across_avenue(west))
    ]
    ring = [on_grid(place) for place in shore]
    diagonals = [
        Street(name.partition(",")[0], Path(trace(path)), width, kind)
        for name, path, width, kind in _DIAGONALS
    ]
    numbered = [street for number in range(1, 193) for street in _numbered(number, ring)]
    return (*on_the_grid, *diagonals, *numbered, *downtown())


def _numbered(number: int, ring: list[tuple[float, float]]) -> list[Street]:
    """Pieces of one numbered street, "East" and "West" of Fifth Avenue."""
    west_end, east_end = _ends(number, ring)
    width_m = _WIDE_STREET_M if number in _WIDE else _STREET_M
    pieces = []
    for side, low, high in (("East", east_end, min(0.0, west_end)), ("West", max(0.0, east_end), west_end)):
        if high - low < 60:
            continue
        for start, end in _without(low, high, _across_street(number)):
            path = Path((corner(number, end), corner(number, start)))
            pieces.append(Street(_street_name(number, side, start), path, width_m, "street"))
    return pieces


def _ends(number: int, ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Where a numbered street ends in the west and in the east, in metres west of Fifth Avenue."""
    crossings = [
        wa + (wb - wa) * (number - sa) / (sb - sa)
        for (sa, wa), (sb, wb) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (sa - number) * (sb - number) < 0
    ]
    east, west = min(crossings) + _SHORE_MARGIN_M, max(crossings) - _SHORE_MARGIN_M / 2
    if number <= 7:
        return -690.0, AVENUES["D"]
    if number <= 13:
        return AVENUES["6"] if number < 10 else 500.0, AVENUES["D"]
    if number <= 58:
        return west, east
    if number < 72:
        return 1900.0, east
    if number <= 155:
        return {110: AVENUES["8"]}.get(number, _riverside(number)), east
    return _riverside(min(number, 177)), max(east, AVENUES["10"] - 20)


def _riverside(number: int) -> float:
    """Metres west of Fifth of Riverside Drive at a numbered street."""
    points = [
        on_grid(place) for name, path, *_ in _DIAGONALS if name == "Riverside Drive" for place in trace(path)
    ]
    for (sa, wa), (sb, wb) in pairwise(points):
        if number <= sb:
            return wa + (wb - wa) * (number - sa) / (sb - sa)
    return points[-1][1]


def _street_name(number: int, side: str, west_m: float) -> str:
    if number == 59 and side == "West" and west_m < AVENUES["8"]:
        return "Central Park South"
    if number == 110 and side == "West":
        return "Central Park North"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{side} {number}{ending} Street"


def _across_avenue(west: float) -> list[tuple[float, float]]:
    return [(s0, s1) for s0, s1, w0, w1 in _SUPERBLOCKS.values() if w0 < west < w1]


def _across_street(number: int) -> list[tuple[float, float]]:
    return [(w0, w1) for s0, s1, w0, w1 in _SUPERBLOCKS.values() if s0 < number < s1]


def _without(low: float, high: float, cuts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is left of [low, high] without the cuts."""
    pieces = []
    for start, end in sorted(cuts):
        if end <= low or start >= high:
            continue
        if start > low:
            pieces.append((low, start))
        low = max(low, end)
    return [*pieces, (low, high)] if low < high else pieces
