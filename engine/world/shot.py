"""One photo that a tourist takes: where the camera is, what its GPS says, where it looks, when, and of what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.geo.place import Place

Weather = Literal["clear", "cloudy", "rain", "snow"]
Season = Literal["winter", "spring", "summer", "autumn"]
SubjectKind = Literal[
    "taxi", "bus", "bench", "food cart", "tree", "statue", "balloon", "dog", "person in red", "umbrella"
]
StyleKind = Literal["pencil sketch", "watercolour", "black and white", "sepia"]


@dataclass(frozen=True)
class Subject:
    """A thing put into the scene before the camera, on the ground (a balloon floats above it)."""

    kind: SubjectKind
    distance_m: float
    """Along the ground from the camera's foot."""
    offset_deg: float
    """Clockwise from the camera's heading, within the picture."""
    turn_deg: float
    """Compass bearing that the subject's front looks to."""


@dataclass(frozen=True)
class TouristShot:
    """Everything that a picture of the city follows from, and the truth to measure a model against."""

    index: int
    place_true: Place
    place_gps: Place
    """As EXIF will say: off by 5 to 15 m."""
    heading_deg: float
    """Compass bearing that the camera looks to."""
    eye_height_m: float
    """Above the street, or above the water in a boat."""
    pitch_deg: float
    """Above the horizon where positive."""
    fovy_deg: float
    taken_at: datetime
    """Local clock time with its offset."""
    weather: Weather
    subject: Subject | None
    style: StyleKind | None
    caption: str
    neighbourhood: str
    """Where the camera stands; "" outside all of them."""
    landmark: str | None
    """Key of the landmark in view on purpose."""
    split_pair_held_out: bool
    """Whether its (subject, neighbourhood) or (style, neighbourhood) is kept out of training."""

    @property
    def hour(self) -> float:
        """Clock hour with its fraction, in [0, 24)."""
        return self.taken_at.hour + self.taken_at.minute / 60 + self.taken_at.second / 3600

    @property
    def season(self) -> Season:
        """Season on the northern hemisphere, where all of these places are."""
        return season_of(self.taken_at.month)


def season_of(month: int) -> Season:
    """Season of a month, 1 to 12, north of the equator."""
    seasons: tuple[Season, ...] = ("winter", "spring", "summer", "autumn")
    return seasons[month % 12 // 3]
