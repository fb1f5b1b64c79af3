"""The shipped demo model: whole, small enough, and true to hour and place by margins that no luck explains."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from engine.diffusion.loading import load_pipeline
from engine.geo.place import Place
from engine.geo.region import Path as Line
from engine.studio.regions import find_region
from engine.studio.requests import AverageRequest, ImageRequest, WalkRequest
from engine.studio.studio import Studio
from ui.examples import all_examples, examples_for

DEMO = Path(__file__).parent.parent / "checkpoints" / "demo"
MOST_BYTES = 60_000_000

pytestmark = pytest.mark.skipif(not (DEMO / "place.json").is_file(), reason="no demo model is shipped here")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio of its own whose only model is the demo."""
    home = tmp_path_factory.mktemp("home")
    (home / "checkpoints").mkdir()
    (home / "checkpoints" / "demo").symlink_to(DEMO)
    return Studio(home)


def test_it_is_whole_and_at_most_60_mb() -> None:
    card = load_pipeline(DEMO).card
    assert set(card.conditions) == {"longitude", "latitude", "heading", "hour", "month"}
    assert card.resolution_px == 256
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < MOST_BYTES
    assert examples_for(card) == all_examples()


def test_the_average_of_a_park_is_greener_than_that_of_midtown(studio: Studio) -> None:
    box = studio.shelf.get("demo").card.box
    green = {}
    for name in ("Central Park", "Midtown"):
        how = {"samples": 24, "num_inference_steps": 8, "hour": 13, "month": 7}
        averages = [AverageRequest("demo", find_region(name, box), seed=seed, **how) for seed in (0, 1)]
        colours = [_pixels(studio.run(each).path).mean(axis=(0, 1)) for each in averages]
        # More than red and more than blue: the glass of Midtown is as much blue.
        green[name] = np.mean([rgb[1] - max(rgb[0], rgb[2]) for rgb in colours])
    assert green["Central Park"] > 3
    assert green["Central Park"] > green["Midtown"] + 12


def test_nights_are_darker_than_days(studio: Studio) -> None:
    lights = {hour: [] for hour in (1, 13)}
    for hour, lit in lights.items():
        for seed, place in enumerate(
            (Place(40.7580, -73.9855), Place(40.7237, -74.0003), Place(40.8087, -73.9452))
        ):
            request = ImageRequest("demo", place, hour=hour, seed=seed, num_inference_steps=8)
            lit.append(_pixels(studio.run(request).path).mean())
    assert np.mean(lights[1]) + 20 < np.mean(lights[13])


def test_neighbouring_frames_of_a_walk_are_nearer_than_others(studio: Studio) -> None:
    line = Line([Place(40.7580, -73.9855), Place(40.7681, -73.9819)])  # Times Square to Columbus Circle
    request = WalkRequest("demo", path=line, frames=12, num_inference_steps=8, hour=13)
    with Image.open(studio.run(request).files[".gif"]) as gif:
        film = np.stack(
            [np.asarray(each.convert("RGB"), dtype=float) for each in ImageSequence.Iterator(gif)]
        )
    assert len(film) == request.frames
    apart = np.abs(film[:, None] - film[None]).mean(axis=(2, 3, 4))
    steps = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    assert apart[steps == 1].mean() < 0.7 * apart[steps > 3].mean()


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=float)
