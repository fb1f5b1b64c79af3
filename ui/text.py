"""Every sentence and label that the page shows, in one place, ready for translation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.geo.place import Place
from engine.studio.evidence import Evidence, LikestPhoto, NearPhoto
from engine.studio.gallery import Artefact
from engine.studio.grid_sheet import SCORES
from engine.studio.jobs import Progress
from engine.studio.models import ModelEntry
from engine.studio.requests import GridRequest, ImageRequest, PictureRequest
from engine.studio.requests.axis import AXES
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
    "no": "no",
    "tiles_hint": "Show or hide this map over our own",
    "turn": "Turn the camera: drag, or use the left and right arrow keys",
    "any_direction": "any direction",
}
OPEN_REGION = "Open a line or an area from a file"
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
GRIDS = "Grids"
ATLASES = "Atlas"
ATTENTION = "Attention"
BELONGS = "Belongs"
LANDMARKS = "Landmarks"
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
USE = {"heading": "Heading", "hour": "Hour", "month": "Month", "azimuth": "Seen from", "distance": "How far"}
ANY = "any"
CLEAR_DIAL = {
    "heading": "Any direction",
    "hour": "Any hour",
    "month": "Any month",
    "azimuth": "Any side",
    "distance": "Any distance",
}
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
GPS_IN_FILE = "Write the place into the file's EXIF"
BATCH = "Pictures for a file of places"
DOWNLOAD = "Download"
UNDO = "↶"
REDO = "↷"
LINK = "Copy link"
LINK_COPIED = "The link is copied: it opens this place with these settings."
LINK_UNREADABLE = "the link's {} is {!r}, which is none; write another, or leave it out"
PICTURE = "The picture of the place"
START_TRAINED = "Click the map or type a place, and its picture develops here."
START_TRAINED_BUTTON = "Begin in the middle of the map"
START_UNTRAINED = (
    "No model has been trained yet: train one with python -m engine train gps COLLECTION --out checkpoints/NAME, "
    "or try the untrained base, which can only make noise."
)
START_UNTRAINED_BUTTON = "Try the untrained base"

# Evidence
EVIDENCE = "Evidence"
EVIDENCE_WORDS = {
    "figures": "Training photos",
    "nearest": "Nearest photos",
    "likest": "Likest training photo",
    "made": "Generated",
    "photo": "Photo",
    "slide": "Generated on the left, photo on the right",
    "share": "{} % generated",
    "looking": "Looking through the photos …",
}
"""What assets/evidence.js says by itself."""
EVIDENCE_PLACELESS = "The picture tells no place, so no photo is near to it or far from it."
EVIDENCE_UNTOLD = "This model does not tell where it has seen photos; an untrained one has seen none."
EVIDENCE_SPOT = "This very place was photographed."
EVIDENCE_AROUND = "The surroundings were photographed, this very place was not."
EVIDENCE_GUESS = "Nothing near this place was photographed, so the picture is a guess."
EVIDENCE_ABSENT = (
    "The photos themselves are not on this machine, so only their distances and directions are known."
)
EVIDENCE_POSITIONS = "The collection holds positions without pictures, so there is nothing to compare."
EVIDENCE_OTHER = "Another model of the same name made this picture; this is what the one that is here knows."
DIRECTIONS = {
    "N": "north",
    "NE": "north-east",
    "E": "east",
    "SE": "south-east",
    "S": "south",
    "SW": "south-west",
    "W": "west",
    "NW": "north-west",
}
UNLEARNED = "not learned from"

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
    "orbit": "Go around the landmark",
    "hours": "A day at the place",
    "months": "A year at the place",
}
FILM_FRAMES = "Frames"
FILM_FPS = "Frames / s"
FILM_SPACING = "Metres apart"
FILM_SPACING_HINT = "as the frames need"
FILM_DAY = "From dawn to night"
FILM_FLOWING = "Let the noise flow"
FILM_START = (
    "Draw a line on the map, or open a file with one, or click a place to turn round at, and press Make."
)
FILM_NEEDS_LINE = "no line is drawn; draw one on the map, or choose a film of one place"
FILM_NEEDS_PLACE = "no place is chosen; click the map, or type a place into the field on it"

# Landmarks
LANDMARK = "Landmark"
LANDMARK_PROMPT_HINT = "What is to be seen, or nothing: the landmark as it was learned"
LANDMARK_PRESET = "How"
LANDMARK_PRESETS = {
    "draft": "Draft, quickly",
    "paper": "Paper (GPU)",
    "dreamfusion": "By words (GPU)",
}
LANDMARK_THRESHOLD = "Solid from density"
LANDMARK_THRESHOLD_HINT = "as a rule says"
LANDMARK_FACES = "Triangles"
LANDMARK_START = (
    "Choose a landmark and press Reconstruct: it grows from all sides, and then it can be turned. A click on the ring "
    "around it on the map turns it too."
)
LANDMARK_NONE = (
    "No model here knows the sides of a landmark; train one with `train angle`, and open this tab again."
)
LANDMARK_NO_NUMBER = "{!r} is no density; give a number, or nothing to let a rule choose"
LANDMARK_NEEDS_MODEL = "this model knows a city and not the sides of a landmark; choose a landmark above"
LANDMARK_MAKE = "Reconstruct"
LANDMARK_NO_VIEWER = (
    "The viewer is not installed; run `make setup` with npm, and reload the page to turn it by hand."
)

# Grids
GRID_START = (
    "Choose what differs from row to row and from column to column, and press Make. "
    "Commas stand between numbers, semicolons between prompts or places."
)
GRID_ROWS = "Down"
GRID_COLUMNS = "Along"
GRID_VALUES_OF = "Values {}"
GRID_VALUES = {
    "guidance_scale": "1, 2, 4",
    "gps_guidance_scale": "0, 2, 4, 8",
    "seed": "0, 1, 2, 3",
    "prompt": "a street; a park; a street at night",
    "place": "",
    "heading": "0, 90, 180, 270",
    "azimuth": "0, 90, 180, 270",
    "distance": "50, 100, 200, 400",
    "hour": "6, 12, 18, 23",
    "month": "1, 4, 7, 10",
    "num_inference_steps": "5, 10, 20, 40",
}
"""What stands in the field of values at first, by the setting that differs."""
GRID_NO_CELL = (
    "this picture cannot be taken up, because the sheet does not tell its settings; make the grid again"
)

# Atlas
ATLAS_START = "Draw a box or a polygon on the map, or choose a part of the city, and press Make."
CELL_KIND = "Cells"
CELLS = {"square": "Squares", "h3": "Hexagons"}
CELL_SIDE = "Side in metres"
CELL_RESOLUTION = "Fineness"
CELL_RESOLUTION_INFO = "9 is about 350 m across."
ATLAS_ON_MAP = "Show it on the map"

# Attention
ATTENTION_START = (
    "Choose a place on the map, write some words, and see where the picture looks for each of them."
)
ALL_LAYERS = "All layers"
LAYERS = "Layers"
LAYERS_INFO = "By the size of what they see."
STEP = "Step"
STEP_INFO = "0 is the mean of all steps."
STRENGTH = "Strength"
STRENGTH_INFO = "0 is the picture alone."
PICTURE_ALONE = "The picture"
ATTENTION_GONE = "{} has lost its file {}; make its attention again"

# Belongs
BELONG_PROMPT_HINT = "What is to be seen on it, or nothing at all"
BELONG_START = "Give any picture, or take the one on Explore, and press Make: the map shows where it may be."
BELONG_PICTURE = "A picture (without one, that on Explore)"
BELONG_JUDGE_HINT = "The judge looks at the picture alone"
BELONG_BY = "Who is asked"
BELONG_BY_INFO = "The judge looks once; the model tries place after place."
BELONG_BYS = {"model": "The model itself", "judge": "The judge beside it"}
BELONG_CELLS = "Places at first"
BELONG_CELLS_INFO = "The best of them are looked at more closely."
BELONG_MISSING = "there is no picture yet; give a file, or make one on Explore"

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
AGE = "Age"
AGES = {"Any time": 0, "Last hour": 1, "Last day": 24, "Last week": 168, "Last month": 720}
"""How old a picture may be to be listed, in hours; 0 is any age."""
BUNDLE_NAME = "genius-loci.zip"
NOTHING_FITS = "No picture fits all of that."
SHOW_ALL = "Show all"
KINDS = {
    "image": "",
    "average": "average",
    "walk": "walk",
    "grid": "grid",
    "atlas": "atlas",
    "attention": "attention",
    "belong": "belonging",
    "reconstruct": "landmark",
}
"""A small word for what a print is, where it is more than a picture of one place."""
CANNOT_OPEN = "the page cannot open this kind of picture yet ({}); press Download to take its files along"
SHEET = {
    "today": "Today",
    "yesterday": "Yesterday",
    "months": MONTHS,
    "star": "Star",
    "again": "Make it again and compare the bytes",
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


# What each control does, in a sentence that comes up when the pointer rests on it or the keyboard reaches it
TIPS = {
    "model": "The model that makes the pictures; each knows the place that it learned from.",
    "place": "Where the picture is: coordinates, a plus code, or a name; a click on the map does the same.",
    "region-file": "Open a line or an area from a file: GeoJSON, KML, KMZ or GPX.",
    "prompt": "What is to be seen; without words the place alone decides.",
    "make": "Make it with these settings (Ctrl+Enter).",
    "cancel": "Stop what is on its way (Escape).",
    "heading": "The compass direction in which the camera looks; the cone on the map turns with it.",
    "azimuth": "The side from which the landmark is seen; a click on its ring on the map does the same.",
    "distance": "How far from the landmark the camera stands; a click beside its ring sets side and distance.",
    "hour": "The hour of the day, from dawn to night.",
    "month": "The month of the year, with its trees and its weather.",
    "guidance-scale": "How closely the picture follows the words: 0 ignores them, large numbers exaggerate.",
    "gps-guidance-scale": "How closely the picture follows the place: 0 ignores it, large numbers exaggerate.",
    "more-button": "Show or hide the settings that one needs less often.",
    "negative-prompt": "What the picture is to be kept away from.",
    "steps": "Steps from noise to picture: fewer are quicker, more are finer.",
    "seed": "The noise that the picture begins with; the same seed and settings make the same picture.",
    "dice": "Another picture with the same settings (R).",
    "size": "Width and height of the picture.",
    "gps-in-exif": "Whether the file tells where its picture is.",
    "batch": "Choose a GeoJSON, KML, GPX or CSV file, and each of its places becomes a picture.",
    "start-button": "Make a first picture, of the middle of the map.",
    "undo": "Back to the settings and the picture before (Ctrl+Z).",
    "redo": "Forward again (Ctrl+Shift+Z).",
    "link": "Copy a link that opens this place with these settings.",
    "download": "Save the picture, with its settings inside.",
    "keys-button": "What the keyboard does (?).",
    "region": "The region that is averaged: drawn on the map, or a part of the city.",
    "against": "A second region beside it, made from the same noise, and what differs.",
    "samples": "How many places of the region are averaged: more are steadier and take longer.",
    "estimator": "Whether every place is asked at each step, which is exact, or a few new ones, which is quick.",
    "spread": "Whether places are drawn evenly, or as photos lie.",
    "of-pictures": "Average finished pictures instead of predictions, for contrast.",
    "overlay": "Colour where the region's places want different things.",
    "film-kind": "Along the line, around a landmark, or at one place: round it, through a day, or through a year.",
    "film-frames": "Pictures in the film; each is made anew.",
    "film-spacing": "How far apart the pictures are along the line; it takes the place of their number.",
    "film-day": "The day passes while the camera walks, from dawn into the night.",
    "film-flowing": "Livelier: each picture begins from noise that has moved on; otherwise all begin from the same.",
    "landmark-which": "The landmarks that models here have learned; the map goes to the one you choose.",
    "landmark-preset": "How it is grown: a draft within minutes, as the paper does, or by words as DreamFusion does.",
    "landmark-threshold": "What is thinner than this is left out of the mesh; empty lets a rule choose.",
    "landmark-faces": "How fine the mesh is; another one of the same landmark takes seconds.",
    "film-fps": "How many of them are shown in a second.",
    "grid-rows": "The setting that differs from row to row.",
    "grid-rows-values": "Its values, from the top down.",
    "grid-columns": "The setting that differs from column to column.",
    "grid-columns-values": "Its values, from left to right.",
    "atlas-region": "The region that is covered with pictures.",
    "atlas-cells": "The shape of the cells that it is cut into.",
    "atlas-side": "The side of a square cell: smaller cells are more pictures.",
    "atlas-resolution": "How fine the hexagons are: each step is about a seventh of the area.",
    "atlas-on-map": "Lay the pictures on the map.",
    "attention-layers": "Which layers of the model are asked; the small ones see the whole, the large ones details.",
    "attention-step": "Which step from noise to picture is shown; 0 is the mean of all.",
    "attention-strength": "How strongly the map covers the picture.",
    "belongs-file": "The picture whose place is looked for.",
    "belongs-by": "Who says where it belongs: the model that makes pictures, or a judge that learned to tell places.",
    "belongs-cells": "How many places are tried at first, before the best are looked at more closely.",
    "collection": "Photos that were gathered into one folder.",
    "photos-on-map": "Colour the map where the photos were taken.",
    "look-again": "Look for collections that have come meanwhile.",
    "history-search": "Show only pictures with these words.",
    "history-model": "Show only pictures of one model.",
    "history-age": "Show only pictures that were made lately.",
    "history-starred": "Show only pictures that you starred.",
    "history-within": "Show only pictures inside the region that is drawn on the map.",
    "history-download": "Take everything that is shown along, as a zip with a GeoJSON.",
    "history-all": "Forget the search, and show every picture.",
    "recall-file": "Choose a picture that the studio made, and its settings come back.",
}
"""By the id of a control; `make`, `cancel` and `prompt` are also what those of the other tabs say."""

# The keyboard
KEYS = (
    ("Ctrl+Enter", "Make"),
    ("Esc", "Stop"),
    ("R", "New seed"),
    ("Ctrl+Z", "Back to the picture before"),
    ("Ctrl+Shift+Z", "Forward again"),
    ("← ↑ → ↓", "Move the map"),
    ("+ −", "Zoom the map, once it is clicked"),
    ("?", "This list"),
)
KEYS_TITLE = "Keyboard"
KEYS_BUTTON = "?"
CLOSE = "Close"


def step(done: int, total: int, eta_s: float | None, message: str) -> str:
    """How far a picture is."""
    if not done:
        return _first_large(message)
    left = "" if eta_s is None else f", {seconds(eta_s)} left"
    return f"Step {done} of {total}{left}"


def batch_step(number: int, there_are: int, name: str) -> str:
    """Which picture of a batch develops."""
    return f"Picture {number:,} of {there_are:,}{f': {name[:60]}' if name else ''}"


def batch_done(made: int, refused: int) -> str:
    """What became of a batch."""
    left_out = f", {count(refused, 'place', 'places')} left out" if refused else ""
    return f"{count(made, 'picture', 'pictures')} made{left_out}"


def series_step(progress: Progress) -> str:
    """How far a film, a grid or an atlas is."""
    left = "" if progress.eta_s is None else f", {seconds(progress.eta_s)} left"
    return f"{_first_large(progress.message)}{left}"


def film_words(artefact: Artefact) -> str:
    """What a finished film is, in one line."""
    parts = [count(artefact.request.frames, "frame", "frames"), f"{artefact.request.fps} a second"]
    if artefact.seconds is not None:
        parts.append(seconds(artefact.seconds))
    return " · ".join(parts)


def landmark_words(artefact: Artefact) -> str:
    """What a landmark in 3D is, in one line: how fine, where, and how far its size can be trusted."""
    place = artefact.details["georeference"]
    where = f"{place['latitude']:.5f}, {place['longitude']:.5f}"
    parts = [count(artefact.details["faces"], "triangle", "triangles"), where, f"scale {place['scale_note']}"]
    if artefact.seconds is not None:
        parts.append(seconds(artefact.seconds))
    return " · ".join(parts)


def axis(name: str) -> str:
    """A setting that differs within a grid."""
    return _first_large(AXES[name][0])


def grid_title(request: GridRequest) -> str:
    """A grid in words."""
    return f"{axis(request.rows.name)} × {request.columns.title}"


def grid_cell(label: str, scores: Mapping[str, float]) -> str:
    """A picture of a grid: what it differs in, and what the judge says of it where there is one."""
    told = [f"{SCORES[name]} {score:.1f}" for name, score in scores.items() if name in SCORES]
    return f"{label} · {', '.join(told)}" if told else label


def grid_words(artefact: Artefact) -> str:
    """What a finished grid is, in one line."""
    return _pictures_words(len(artefact.details["cells"]), artefact.seconds)


def atlas_words(artefact: Artefact) -> str:
    """What a finished atlas is, in one line."""
    return _pictures_words(len(artefact.details["places"]), artefact.seconds)


def attention_words(artefact: Artefact) -> str:
    """What the maps of a picture are, and how much of its attention went where."""
    shares = [f"{each['of']} {100 * each['share']:.0f} %" for each in artefact.details["shares"]]
    took = [] if artefact.seconds is None else [seconds(artefact.seconds)]
    return " · ".join([", ".join(shares), *took])


def attention_share(share: float) -> str:
    """How much a part of the request was looked at."""
    return f"{100 * share:.1f} % of what it looked at"


def belong_words(artefact: Artefact) -> str:
    """Where a picture belongs, how sure that is, and how far from where it was asked for."""
    found = artefact.details
    judged = " by the judge" if artefact.request.judged else ""
    parts = [
        f"Best{judged} at {Place(*found['place'])}",
        f"half of all plausibility within {metres(found['uncertainty_m'])}",
    ]
    if "landed_m" in found:
        parts.append(f"{metres(found['landed_m'])} from where it was asked for")
    if artefact.seconds is not None:
        parts.append(seconds(artefact.seconds))
    return " · ".join(parts)


def _pictures_words(pictures: int, took_s: float | None) -> str:
    parts = [count(pictures, "picture", "pictures"), *([] if took_s is None else [seconds(took_s)])]
    return " · ".join(parts)


def _first_large(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def download(ending: str) -> str:
    """The link to a file by its ending."""
    return f"{DOWNLOAD} {ending.removeprefix('.').upper()}"


def average_step(progress: Progress) -> str:
    """How far an average is, and how well its mean is known by now."""
    words = _first_large(progress.message)
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
    parts = [_first_large(whereabouts(request) or "no place"), f"seed {request.seed}"]
    parts.append(f"{width_px} × {height_px} px")
    if took_s is not None:
        parts.append(seconds(took_s))
    if untrained:
        parts.append(UNTRAINED_MARK)
    return " · ".join(parts)


def ring_legend(name: str, counts: Sequence[int]) -> str:
    """What the ring around a landmark says."""
    gaps = sum(not each for each in counts)
    seen = "all sides" if not gaps else f"{count(len(counts) - gaps, 'side', 'sides')} of {len(counts)}"
    return f"{name}: {count(sum(counts), 'photo', 'photos')} from {seen}"


def print_words(request: ImageRequest) -> str:
    """The words under a print: its prompt, or else its place."""
    return request.prompt or whereabouts(request) or request.model


def kind(request: PictureRequest) -> str:
    """The small word for what a print is; empty for a picture of one place."""
    return KINDS.get(request.NAME, request.NAME)


def print_alt(request: PictureRequest) -> str:
    """A print in words: its kind and what there is to be seen."""
    return ": ".join(filter(None, (kind(request), picture_alt(request))))


def rerun_step(progress: Progress) -> str:
    """How far a picture is that is made again to be compared."""
    done = f"step {progress.done} of {progress.total}" if progress.total else progress.message
    return f"Making it again: {done}"


def rerun_words(artefact: Artefact) -> str:
    """What became of a picture that was made again."""
    differing, count = artefact.details["differing"], 1 + len(artefact.files)
    files = "its file" if count == 1 else f"its {count} files"
    if not differing:
        return f"Made again in {artefact.seconds:.1f} s: every byte of {files} is the same."
    return (
        f"Made again in {artefact.seconds:.1f} s: {', '.join(differing)} came out with other bytes; another machine or "
        "other versions of the libraries can do that. The picture that you have was left as it is."
    )


def shown_words(shown: int, there_are: int) -> str:
    """How many pictures of how many are shown."""
    every = count(there_are, "picture", "pictures")
    return every if shown == there_are else f"{shown:,} of {every}"


def picture_alt(request: ImageRequest) -> str:
    """A picture in words, for those who do not see it."""
    what = request.prompt or "picture without a prompt"
    return f"{what}{' at' * (request.where is not None)} {whereabouts(request)}".rstrip()


def whereabouts(request: ImageRequest) -> str:
    """Where a picture is, or from which side; empty where it is left open."""
    if request.where is not None:
        return str(request.where)
    if request.azimuth is None:
        return ""
    far = "" if request.distance is None else f", {request.distance:.0f} m away"
    return f"from {COMPASS[round(request.azimuth / 45) % 8]} {request.azimuth:.0f}°{far}"


def evidence_said(evidence: Evidence, request: PictureRequest) -> list[str]:
    """What the evidence comes to, and what is missing of it."""
    said = [EVIDENCE_OTHER] if evidence.another_model else []
    if evidence.within_m is None:
        said.append(EVIDENCE_PLACELESS if request.where is None else EVIDENCE_UNTOLD)
    else:
        near, around, _ = evidence.within_m.values()
        said.append(EVIDENCE_SPOT if near else EVIDENCE_AROUND if around else EVIDENCE_GUESS)
    if evidence.nearest and not evidence.photos_here:
        said.append(EVIDENCE_ABSENT)
    elif evidence.nearest and not any(photo.path for photo in evidence.nearest):
        said.append(EVIDENCE_POSITIONS)
    return said


def evidence_figures(evidence: Evidence) -> list[tuple[str, str]]:
    """How many training photos are near, each number with its distance."""
    within_m = evidence.within_m or {}
    return [(f"{photos:,}", f"within {metres(radius)}") for radius, photos in within_m.items()]


def photo_way(photo: NearPhoto) -> str:
    """Where a photo was taken, seen from the picture's place; empty where that is not known."""
    if photo.distance_m is None or photo.direction is None:
        return ""
    return "here" if photo.distance_m < 0.5 else f"{metres(photo.distance_m)} {DIRECTIONS[photo.direction]}"


def photo_alt(photo: NearPhoto) -> str:
    """A photo in words, for those who do not see it."""
    return " ".join(filter(None, (EVIDENCE_WORDS["photo"], photo_way(photo))))


def photo_words(photo: NearPhoto) -> list[str]:
    """When a photo was taken and by whom, and that the model does not know it where that is so."""
    when = moment(photo.taken_at) if photo.taken_at else ""
    return list(filter(None, (when, photo.credit, "" if photo.learned else UNLEARNED)))


def moment(taken_at: date) -> str:
    """A date, with the hour where it is known."""
    day = f"{taken_at.day} {MONTHS[taken_at.month - 1]} {taken_at.year}"
    return f"{day}, {taken_at:%H:%M}" if isinstance(taken_at, datetime) else day


def likest_said(likest: LikestPhoto) -> list[str]:
    """How like a picture is to the training photo that it is most like."""
    compared = count(likest.compared, "training photo", "training photos")
    said = [f"Of {compared}; colours differ by {likest.difference:.1f} (CIELAB, 16 × 16)."]
    if likest.usual:
        share = likest.difference / likest.usual
        words = next(words for limit, words in _LIKENESS if share < limit)
        said.append(f"{words}, by {likest.usual:.1f}.")
    return said


_LIKENESS = (
    (0.3, "That is far less than photos here differ from their likest, so it may be a copy"),
    (0.9, "That is less than photos here differ from their likest"),
    (1.2, "That is about as much as photos here differ from their likest"),
    (float("inf"), "That is more than photos here differ from their likest"),
)
"""Words for a difference, by its share of the usual one."""


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
