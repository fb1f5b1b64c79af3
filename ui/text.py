"""Every sentence and label that the page shows, in one place, ready for translation."""

from engine.studio.gallery import Artefact
from engine.studio.jobs import Progress
from engine.studio.models import ModelEntry
from engine.studio.requests import ImageRequest, PictureRequest
from ui.units import count, metres, seconds

NAME = "Genius Loci"
TITLE = "Genius Loci: pictures of a place from its coordinates"
UNTRAINED_MARK = "untrained"
BROKEN_MARK = "cannot be used"

# The map
MAP_TITLE = "Map"
STREET_MAP = "Street map"
MAP_TEXTS = {
    "credit": "Base map: Genius Loci",
    "clear": "Clear",
    "photo": "1 photo",
    "photos": "{} photos",
    "tiles_hint": "Show or hide this map over our own",
    "turn": "Turn the camera: drag, or use the left and right arrow keys",
    "any_direction": "any direction",
}
DRAWING = {
    "toolbar": {
        "actions": {"title": "Stop drawing", "text": "Cancel"},
        "finish": {"title": "Finish the drawing", "text": "Finish"},
        "undo": {"title": "Take the last corner back", "text": "Undo corner"},
        "buttons": {
            "rectangle": "Draw a box",
            "polygon": "Draw a polygon",
            "polyline": "Draw a line and measure it",
            "circle": "Draw a circle",
        },
    },
    "handlers": {
        "rectangle": {"tooltip": {"start": "Press, drag and release to draw a box."}},
        "circle": {
            "tooltip": {"start": "Press in the middle, drag and release to draw a circle."},
            "radius": "Radius",
        },
        "simpleshape": {"tooltip": {"end": "Release to finish."}},
        "polygon": {
            "tooltip": {
                "start": "Click the first corner.",
                "cont": "Click the next corner.",
                "end": "Click the first corner to close the polygon.",
            }
        },
        "polyline": {
            "tooltip": {
                "start": "Click where the line begins.",
                "cont": "Click the next point of the line.",
                "end": "Click the last point again to finish.",
            }
        },
    },
}
"""The words of the drawing tools, in the tree in which Leaflet.draw keeps its own."""

# Tabs
EXPLORE = "Explore"
REGIONS = "Regions"
FILMS = "Films"
PHOTOS = "Photos"
HISTORY = "History"

# Explore
MODEL = "Model"
PROMPT = "Prompt"
PROMPT_HINT = "What is to be seen there, or nothing at all"
MAKE = "Make"
CANCEL = "Cancel"
GUIDANCE = "Follow the words"
GPS_GUIDANCE = "Follow the place"
PLACE = "Place"
PLACE_HINT = "Coordinates, a plus code, or a name"
MORE = "More"
NEGATIVE_PROMPT = "What is not to be seen"
STEPS = "Steps"
SEED = "Seed"
DICE = "New seed"
SIZE = "Size"
USE = {"heading": "Heading", "hour": "Hour", "month": "Month"}
ANY = "any"
CLEAR_DIAL = {"heading": "Any direction", "hour": "Any hour", "month": "Any month"}
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
GPS_IN_FILE = "Write the place into the file's EXIF"
DOWNLOAD = "Download"
PICTURE = "The picture of the place"
START_TRAINED = "Click the map or type a place, and its picture develops here."
START_TRAINED_BUTTON = "Begin in the middle of the map"
START_UNTRAINED = (
    "No model has been trained yet: train one with python -m engine train gps COLLECTION --out checkpoints/NAME, "
    "or try the untrained base, which can only make noise."
)
START_UNTRAINED_BUTTON = "Try the untrained base"

# Regions
REGION = "Region"
DRAWN = "Drawn on the map"
COMPARE = "Beside it"
NO_OTHER = "nothing"
REGION_PROMPT_HINT = "What is to be seen everywhere in it, or nothing at all"
SAMPLES = "Places"
SAMPLES_INFO = "So many of the region are averaged."
ESTIMATOR = "At each step"
ESTIMATOR_INFO = "All is exact, a few is quick."
ESTIMATORS = {"exact": "ask all", "fresh": "ask a few", "growing": "ask more and more"}
SPREAD = "Spread"
SPREAD_INFO = "How its places are drawn."
SPREADS = {"area": "evenly", "photos": "as photos lie"}
OF_PICTURES = "Average finished pictures"
OF_PICTURES_INFO = "The plain way, for contrast: it blurs whatever differs."
OVERLAY = "Show where places disagree"
OVERLAY_INFO = "Vermilion where the region's places want different things."
REGION_START = "Draw a box, a polygon or a circle on the map, or choose a part of the city, and press Make."
REGION_MISSING = "no region is drawn; draw a box, a polygon or a circle on the map, or choose one by its name"
REGION_IS_LINE = "a line has no inside; draw a box, a polygon or a circle"
DIFFERENCE = "What differs"
DIFFERENCE_SIZES = "The two pictures differ in size."
DIFFERENCE_ALT = "Where the two averages differ; grey where they do not"

# Films
FILM_PROMPT_HINT = "What is to be seen on the way, or nothing at all"
FILM_KIND = "Film"
FILM_KINDS = {
    "path": "Walk along the line",
    "turn": "Turn round at the place",
    "hours": "A day at the place",
    "months": "A year at the place",
}
FILM_FRAMES = "Frames"
FILM_FPS = "Frames a second"
FILM_START = "Draw a line on the map to walk along, or click a place to turn round at, and press Make."
FILM_NEEDS_LINE = "no line is drawn; draw one on the map, or choose a film of one place"
FILM_NEEDS_PLACE = "no place is chosen; click the map, or type a place into the field on it"

# Progress and ends
STOPPED = "Stopped; nothing was written."
INSIDE = "Something went wrong inside the program ({}); the terminal shows the details."
MODEL_GONE = "The model {!r} that made this picture is not here; making it again takes {!r}."

# History
HISTORY_EMPTY = "No picture has been made yet; every one that you make is kept here."
RECALL_FILE = "Recall from a picture file"
SEARCH = "Search the words of all pictures"
SEARCH_HINT = "Search the words"
EVERY_MODEL = "Every model"
STARRED = "Starred"
WITHIN_REGION = "Within the drawn region"
BUNDLE_NAME = "genius-loci.zip"
NOTHING_FITS = "No picture fits all of that."
SHOW_ALL = "Show all"
KINDS = {"image": "", "average": "average", "walk": "walk", "grid": "grid", "atlas": "atlas"}
"""A small word for what a print is, where it is more than a picture of one place."""
CANNOT_OPEN = "the page cannot open this kind of picture yet ({}); press Download to take its files along"
SHEET = {
    "today": "Today",
    "yesterday": "Yesterday",
    "months": MONTHS,
    "star": "Star",
    "delete": "Delete",
    "sure": "Delete?",
}
"""The words of the sheet of prints."""

# Photos
COLLECTION = "Collection"
ON_MAP = "Show the photos on the map"
PHOTOS_EMPTY = (
    "There are no photos yet: gather some with python -m engine ingest FOLDER --out collections/NAME."
)
LOOK_AGAIN = "Look again"
REASONS = "Refused"
TAKEN = "Taken"
SPLITS = {"train": "to learn from", "validation": "to choose by", "test": "to judge by"}


def step(done: int, total: int, eta_s: float | None, message: str) -> str:
    """How far a picture is."""
    if not done:
        return f"{message[:1].upper()}{message[1:]}"
    left = "" if eta_s is None else f", {seconds(eta_s)} left"
    return f"Step {done} of {total}{left}"


def film_step(progress: Progress) -> str:
    """How far a film is."""
    left = "" if progress.eta_s is None else f", {seconds(progress.eta_s)} left"
    return f"{progress.message[:1].upper()}{progress.message[1:]}{left}"


def film_words(artefact: Artefact) -> str:
    """What a finished film is, in one line."""
    parts = [count(artefact.request.frames, "frame", "frames"), f"{artefact.request.fps} a second"]
    if artefact.seconds is not None:
        parts.append(seconds(artefact.seconds))
    return " · ".join(parts)


def download(ending: str) -> str:
    """The link to a file by its ending."""
    return f"{DOWNLOAD} {ending.removeprefix('.').upper()}"


def average_step(progress: Progress) -> str:
    """How far an average is, and how well its mean is known by now."""
    words = f"{progress.message[:1].upper()}{progress.message[1:]}"
    error = progress.metrics.get("standard_error")
    return words if error is None else f"{words}, mean known to {100 * error:.0f} %"


def average_words(artefact: Artefact) -> str:
    """What a finished average is, in one line."""
    parts = [count(len(artefact.details.get("places") or ()), "place", "places")]
    if errors := artefact.details.get("standard_error"):
        parts.append(f"mean known to {100 * errors[-1]:.1f} %")
    if artefact.seconds is not None:
        parts.append(seconds(artefact.seconds))
    return " · ".join(parts)


def average_alt(title: str, prompt: str) -> str:
    """An average in words, for those who do not see it."""
    return f"What is typical of the region {title}: {prompt or 'no words'}"


def difference_words(share: float) -> str:
    """How far two averages are from each other."""
    return f"{100 * share:.1f} % apart; grey where they agree"


def caption(
    request: ImageRequest, width_px: int, height_px: int, took_s: float | None, untrained: bool
) -> str:
    """What a finished picture is, in one line."""
    parts = [str(request.where) if request.where else "No place", f"seed {request.seed}"]
    parts.append(f"{width_px} × {height_px} px")
    if took_s is not None:
        parts.append(seconds(took_s))
    if untrained:
        parts.append(UNTRAINED_MARK)
    return " · ".join(parts)


def print_words(request: ImageRequest) -> str:
    """The words under a print: its prompt, or else its place."""
    return request.prompt or (str(request.where) if request.where else request.model)


def kind(request: PictureRequest) -> str:
    """The small word for what a print is; empty for a picture of one place."""
    return KINDS.get(request.NAME, request.NAME)


def print_alt(request: PictureRequest) -> str:
    """A print in words: its kind and what there is to be seen."""
    return ": ".join(filter(None, (kind(request), picture_alt(request))))


def shown_words(shown: int, there_are: int) -> str:
    """How many pictures of how many are shown."""
    every = count(there_are, "picture", "pictures")
    return every if shown == there_are else f"{shown:,} of {every}"


def picture_alt(request: ImageRequest) -> str:
    """A picture in words, for those who do not see it."""
    what = request.prompt or "picture without a prompt"
    return f"{what} at {request.where}" if request.where else what


def model_choice(entry: ModelEntry) -> str:
    """A model in the list of models."""
    if entry.problem:
        return f"{entry.name} ({BROKEN_MARK})"
    return f"{entry.name} ({UNTRAINED_MARK})" if entry.card and entry.card.untrained else entry.name


def box_legend(name: str, width_m: float, height_m: float, untrained: bool) -> str:
    """The legend line of a model's box."""
    mark = f", {UNTRAINED_MARK}" if untrained and UNTRAINED_MARK not in name else ""
    return f"{name}{mark}: {metres(width_m)} × {metres(height_m)}"


def density_legend(name: str, photos: int) -> str:
    """The legend line of a collection's photos."""
    return f"{name}: {count(photos, 'photo', 'photos')}, counted in hexagons"


def region_legend(size: str, photos: int | None, pictures: int | None) -> str:
    """The legend line of a drawn region."""
    parts = [size]
    if photos is not None:
        parts.append(count(photos, "photo", "photos"))
    if pictures is not None:
        parts.append(count(pictures, "picture", "pictures"))
    return ", ".join(parts)


def collection_counts(taken: int, refused: int) -> str:
    """How many photos a collection took and refused."""
    return f"{count(taken, 'photo', 'photos')} taken, {refused:,} refused"
