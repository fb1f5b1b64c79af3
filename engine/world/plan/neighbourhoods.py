"""The neighbourhoods: who borders on whom, without gaps or overlaps, and how each is built."""

import shapely

from engine.geo.place import Place
from engine.geo.region import Polygon
from engine.world.plan.elements import Area, Neighbourhood, Style
from engine.world.plan.grid import trace

# Outlines may reach into the rivers; they are cut at the shore. Neighbours share their corners exactly.
_OUTLINES = {
    "Battery Park": """40.6990,-74.0130 40.7013,-74.0130 40.7018,-74.0138 40.7032,-74.0139 40.7046,-74.0143
        40.7048,-74.0157 40.7062,-74.0157 40.7110,-74.0148 40.7142,-74.0137 40.7176,-74.0128 40.7190,-74.0200
        40.7050,-74.0230 40.6990,-74.0180""",
    "Financial District": """40.7176,-74.0128 40.7142,-74.0137 40.7110,-74.0148 40.7062,-74.0157 40.7048,-74.0157
        40.7046,-74.0143 40.7032,-74.0139 40.7018,-74.0138 40.7013,-74.0130 40.6990,-74.0130 40.7000,-74.0080
        40.7040,-74.0020 40.7065,-73.9975 40.7078,-73.9990 40.7096,-74.0012 40.7130,-74.0038 40.7144,-74.0061
        40.7156,-74.0091""",
    "Tribeca": """40.7190,-74.0200 40.7176,-74.0128 40.7156,-74.0091 40.7144,-74.0061 40.7170,-74.0040
        40.7195,-74.0019 40.7211,-74.0039 40.7230,-74.0063 40.7252,-74.0113 40.7255,-74.0180""",
    "Civic Center": """40.7144,-74.0061 40.7130,-74.0038 40.7096,-74.0012 40.7118,-73.9990 40.7137,-73.9985
        40.7151,-74.0008 40.7187,-74.0003 40.7195,-74.0019 40.7170,-74.0040""",
    "SoHo": """40.7255,-74.0180 40.7252,-74.0113 40.7230,-74.0063 40.7211,-74.0039 40.7195,-74.0019
        40.7187,-74.0003 40.7202,-73.99897 40.7222,-73.9972 40.7251,-73.9953 40.7256,-73.9967 40.7268,-73.9999
        40.7277,-74.0026 40.7284,-74.0054 40.7288,-74.0086 40.7288,-74.0105 40.7289,-74.0180""",
    "Little Italy": """40.7202,-73.99897 40.7184,-73.9947 40.7203,-73.9939 40.7242,-73.9925 40.7251,-73.9953
        40.7222,-73.9972""",
    "Chinatown": """40.7187,-74.0003 40.7151,-74.0008 40.7137,-73.9985 40.7118,-73.9990 40.7096,-74.0012
        40.7078,-73.9990 40.7065,-73.9975 40.7080,-73.9920 40.7101,-73.9922 40.7141,-73.9929 40.7161,-73.9920
        40.7175,-73.9914 40.7184,-73.9947 40.7202,-73.99897""",
    "Lower East Side": """40.7242,-73.9925 40.7203,-73.9939 40.7184,-73.9947 40.7175,-73.9914 40.7161,-73.9920
        40.7141,-73.9929 40.7101,-73.9922 40.7080,-73.9920 40.7075,-73.9770 40.7110,-73.9720 40.7175,-73.9700
        40.7188,-73.9762 40.7205,-73.9805 40.7222,-73.9863 40.7230,-73.9888""",
    "East Village": """40.7242,-73.9925 40.7230,-73.9888 40.7222,-73.9863 40.7205,-73.9805 40.7188,-73.9762
        40.7175,-73.9700 14/e2500 14/3 6.5/e640 40.7270,-73.9913""",
    "Greenwich Village": """14/7 40.7366,-74.0009 40.7337,-74.0028 40.7317,-74.0037 40.7284,-74.0054 40.7277,-74.0026
        40.7268,-73.9999 40.7256,-73.9967 40.7251,-73.9953 40.7242,-73.9925 40.7270,-73.9913 6.5/e640 14/3""",
    "West Village": """14/7 14/w2300 40.7289,-74.0180 40.7288,-74.0105 40.7288,-74.0086 40.7284,-74.0054
        40.7317,-74.0037 40.7337,-74.0028 40.7366,-74.0009""",
    "Chelsea": "14/6 14/7 14/w2300 34/w2300 34/8 34/6 30/6",
    "Flatiron District": "14/6 30/6 30/park 27/park 14/park",
    "Gramercy": "14/park 27/park 27/e1700 14/e2500 14/3",
    "Murray Hill": "27/park 30/park 40/park 40/e1700 27/e1700",
    "Midtown": "30/6 34/6 34/8 40/8 40/6 53/6 53/8 59/8 59/5 59/e1700 40/e1700 40/park 30/park",
    "Times Square": "40/6 40/8 53/8 53/6",
    "Hell's Kitchen": "34/8 34/w2300 59/w2300 59/8 53/8 40/8",
    "Upper East Side": "59/5 96/5 96/e1800 59/e1700",
    "Upper West Side": "59/8 59/w2300 110/w2400 110/w1146 110/8",
    "Central Park": "59/5 59/8 110/8 110/5 96/5",
    "East Harlem": "96/5 110/5 142/5 142/e300 125/e1400 96/e1800",
    "Harlem": "110/5 110/8 110/w1146 125/w1146 155/w1146 155/e300 142/e300 142/5",
    "Morningside Heights": "110/w1146 110/w2400 125/w2400 125/w1146",
    "Hamilton Heights": "125/w1146 125/w2400 155/w2500 155/w1146",
    "Washington Heights": """155/e300 155/w1146 155/w2500 40.8530,-73.9520 40.8705,-73.9345 40.8655,-73.9273
        40.8605,-73.9253 40.8580,-73.9190 40.8450,-73.9270 40.8350,-73.9320""",
    "Inwood": """40.8705,-73.9345 40.8655,-73.9273 40.8605,-73.9253 40.8580,-73.9190 40.8680,-73.9080
        40.8760,-73.9100 40.8800,-73.9180 40.8800,-73.9280""",
}

_STYLES = {
    "Battery Park": Style(
        (38, 75), 0.15, (90, 150), (("brick", 0.45), ("limestone", 0.35), ("glass", 0.2)),
        (24, 40), (18, 26), 0.18, 9, ("planters", "flags"),
    ),
    "Financial District": Style(
        (45, 120), 0.45, (130, 280), (("limestone", 0.5), ("glass", 0.35), ("concrete", 0.15)),
        (20, 42), (20, 40), 0.03, 0.5, ("flags",),
    ),
    "Tribeca": Style(
        (20, 34), 0.04, (60, 130), (("warehouse", 0.65), ("cast_iron", 0.25), ("glass", 0.1)),
        (12, 26), (24, 34), 0.05, 2, ("cobbles", "water_tanks", "awnings"),
    ),
    "Civic Center": Style(
        (30, 70), 0.2, (90, 170), (("limestone", 0.7), ("concrete", 0.3)),
        (30, 60), (26, 42), 0.1, 3, ("flags",),
    ),
    "SoHo": Style(
        (19, 27), 0.0, (40, 60), (("cast_iron", 0.85), ("brick", 0.15)),
        (8, 16), (24, 32), 0.02, 0.8, ("fire_escapes", "cobbles", "storefronts", "water_tanks"),
    ),
    "Little Italy": Style(
        (16, 22), 0.0, (30, 45), (("tenement", 0.9), ("brick", 0.1)),
        (7, 9), (20, 26), 0.02, 2, ("fire_escapes", "awnings", "lanterns", "storefronts"),
    ),
    "Chinatown": Style(
        (15, 23), 0.03, (55, 75), (("tenement", 0.85), ("brick", 0.15)),
        (7, 9), (20, 26), 0.01, 0.5, ("signs", "fire_escapes", "awnings", "lanterns"),
    ),
    "Lower East Side": Style(
        (16, 21), 0.06, (45, 70), (("tenement", 0.8), ("concrete", 0.2)),
        (7, 9), (22, 27), 0.06, 1.5, ("fire_escapes", "storefronts", "water_tanks"),
    ),
    "East Village": Style(
        (14, 20), 0.01, (35, 50), (("tenement", 0.55), ("brick", 0.45)),
        (6, 8), (18, 24), 0.05, 6, ("fire_escapes", "stoops", "awnings", "storefronts"),
    ),
    "Greenwich Village": Style(
        (12, 20), 0.06, (45, 80), (("brick", 0.7), ("limestone", 0.2), ("brownstone", 0.1)),
        (7, 12), (15, 22), 0.06, 8, ("stoops", "planters"),
    ),
    "West Village": Style(
        (10, 15), 0.0, (35, 50), (("brick", 0.9), ("brownstone", 0.1)),
        (6, 8), (12, 16), 0.08, 11, ("stoops", "cobbles", "planters"),
    ),
    "Chelsea": Style(
        (15, 45), 0.06, (60, 110), (("warehouse", 0.5), ("brick", 0.3), ("glass", 0.2)),
        (10, 36), (20, 34), 0.08, 3, ("water_tanks",),
    ),
    "Flatiron District": Style(
        (32, 62), 0.03, (80, 150), (("limestone", 0.8), ("cast_iron", 0.2)),
        (12, 28), (24, 34), 0.02, 1.5, ("water_tanks", "storefronts"),
    ),
    "Gramercy": Style(
        (14, 40), 0.05, (60, 90), (("brownstone", 0.4), ("brick", 0.4), ("white_brick", 0.2)),
        (7, 18), (16, 24), 0.08, 7, ("stoops",),
    ),
    "Murray Hill": Style(
        (18, 60), 0.2, (90, 140), (("white_brick", 0.5), ("brownstone", 0.25), ("glass", 0.25)),
        (8, 28), (18, 26), 0.06, 4, ("awnings", "canopies"),
    ),
    "Midtown": Style(
        (50, 120), 0.5, (140, 260), (("glass", 0.6), ("limestone", 0.3), ("concrete", 0.1)),
        (26, 55), (26, 34), 0.03, 0.8, ("flags",),
    ),
    "Times Square": Style(
        (45, 110), 0.4, (130, 220), (("screens", 0.7), ("glass", 0.3)),
        (24, 45), (26, 34), 0.0, 0.0, ("screens", "signs"),
    ),
    "Hell's Kitchen": Style(
        (14, 24), 0.08, (100, 170), (("tenement", 0.6), ("glass", 0.2), ("brick", 0.2)),
        (7, 18), (18, 26), 0.12, 4, ("fire_escapes",),
    ),
    "Upper East Side": Style(
        (18, 62), 0.08, (90, 130), (("limestone", 0.5), ("white_brick", 0.35), ("brownstone", 0.15)),
        (8, 30), (18, 28), 0.03, 6, ("awnings", "canopies", "planters"),
    ),
    "Upper West Side": Style(
        (15, 50), 0.05, (80, 110), (("brownstone", 0.55), ("limestone", 0.35), ("brick", 0.1)),
        (7, 30), (17, 26), 0.03, 9, ("stoops", "awnings", "water_tanks"),
    ),
    "Central Park": Style(
        (4, 8), 0.0, (10, 20), (("brick", 1.0),), (8, 14), (8, 12), 1.0, 20,
    ),
    "East Harlem": Style(
        (15, 22), 0.12, (40, 60), (("tenement", 0.6), ("concrete", 0.4)),
        (7, 16), (18, 26), 0.15, 4, ("fire_escapes", "storefronts"),
    ),
    "Harlem": Style(
        (12, 19), 0.02, (45, 65), (("brownstone", 0.8), ("tenement", 0.2)),
        (6, 8), (16, 22), 0.06, 7, ("stoops",),
    ),
    "Morningside Heights": Style(
        (22, 40), 0.02, (55, 90), (("limestone", 0.6), ("brick", 0.4)),
        (18, 32), (22, 30), 0.06, 7, ("water_tanks",),
    ),
    "Hamilton Heights": Style(
        (12, 24), 0.02, (40, 60), (("brownstone", 0.5), ("limestone", 0.3), ("tenement", 0.2)),
        (6, 20), (16, 24), 0.06, 7, ("stoops", "fire_escapes"),
    ),
    "Washington Heights": Style(
        (17, 24), 0.02, (60, 90), (("brick", 0.7), ("tenement", 0.3)),
        (16, 30), (20, 28), 0.08, 5, ("fire_escapes", "storefronts"),
    ),
    "Inwood": Style(
        (17, 22), 0.0, (40, 60), (("brick", 0.8), ("tenement", 0.2)),
        (18, 32), (20, 28), 0.1, 7, ("fire_escapes",),
    ),
}  # fmt: skip


_ISLANDS = {
    "Liberty Island": Style((5, 8), 0.0, (10, 12), (("brick", 1.0),), (12, 20), (10, 14), 0.9, 6, ("flags",)),
    "Governors Island": Style((8, 12), 0.0, (14, 18), (("brick", 1.0),), (14, 26), (12, 16), 0.7, 14),
    "Roosevelt Island": Style(
        (22, 40), 0.1, (50, 65), (("brick", 0.6), ("concrete", 0.4)),
        (24, 44), (20, 28), 0.2, 8,
    ),
}  # fmt: skip


def neighbourhoods(land: tuple[Area, ...]) -> tuple[Neighbourhood, ...]:
    """Every neighbourhood from the Battery to Inwood, then the islands; `land` has Manhattan first."""
    manhattan = land[0].polygon.shape
    cut = {name: _cut(Polygon(trace(text)), manhattan) for name, text in _OUTLINES.items()}
    islands = {area.name: area.polygon for area in land if area.name in _ISLANDS}
    return tuple(
        Neighbourhood(name, polygon, (_STYLES | _ISLANDS)[name]) for name, polygon in (cut | islands).items()
    )


def _cut(outline: Polygon, island: shapely.Polygon) -> Polygon:
    """The largest piece of an outline that lies on the island."""
    inside = outline.shape.intersection(island)
    largest = max(shapely.get_parts(inside), key=lambda part: part.area)
    return Polygon(tuple(Place(latitude, longitude) for longitude, latitude in largest.exterior.coords))
